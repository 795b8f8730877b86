import ArgumentParser
import Foundation
import LaminaErrors
import SystemPackage
import Yams

/// How a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, yaml
}

/// `--format`, shared by the verbs that print a result.
struct FormatOption: ParsableArguments {
    @Option(help: "table, for people; json or yaml, for programs.")
    var format: OutputFormat = .table

    /// Prints a result in the chosen format.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be written.
    func print(_ result: some TableRenderable & Encodable) throws {
        switch format {
        case .table: try StandardOutput.write(result.table)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try StandardOutput.write(String(decoding: try encoder.encode(result), as: UTF8.self) + "\n")
        case .yaml:
            let encoder = YAMLEncoder()
            encoder.options.sortKeys = true
            encoder.options.allowUnicode = true
            try StandardOutput.write(try encoder.encode(result))
        }
    }
}

/// A command's result, which must not be lost without a word.
enum StandardOutput {
    /// - Throws: ``LaminaError`` `inputOutput`.
    static func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// - Throws: ``LaminaError`` `inputOutput`.
    static func write(_ bytes: [UInt8]) throws {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write to the standard output")
        }
    }
}

/// A result that people can read on a terminal.
protocol TableRenderable {
    /// Lines, each with its newline.
    var table: String { get }
}
