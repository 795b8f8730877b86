import ArgumentParser
import Foundation
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
    func print(_ result: some TableRenderable & Encodable) throws {
        switch format {
        case .table: Swift.print(result.table, terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Swift.print(String(decoding: try encoder.encode(result), as: UTF8.self))
        case .yaml:
            let encoder = YAMLEncoder()
            encoder.options.sortKeys = true
            encoder.options.allowUnicode = true
            Swift.print(try encoder.encode(result), terminator: "")
        }
    }
}

/// A result that people can read on a terminal.
protocol TableRenderable {
    /// Lines, each with its newline.
    var table: String { get }
}
