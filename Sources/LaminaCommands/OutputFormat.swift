import ArgumentParser
import Foundation

/// How a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

/// `--format`, shared by the verbs that print a result.
struct FormatOption: ParsableArguments {
    @Option(help: "table, for people, or json.")
    var format: OutputFormat = .table

    /// Prints a result in the chosen format.
    func print(_ result: some TableRenderable & Encodable) throws {
        switch format {
        case .table: Swift.print(result.table, terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Swift.print(String(decoding: try encoder.encode(result), as: UTF8.self))
        }
    }
}

/// A result that people can read on a terminal.
protocol TableRenderable {
    /// Lines, each with its newline.
    var table: String { get }
}
