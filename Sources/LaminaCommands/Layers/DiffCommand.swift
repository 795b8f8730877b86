import ArgumentParser
import Foundation
import LaminaClient
import LaminaErrors
import SystemPackage
import ZipArchive

/// `lamina diff`.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two layer versions: packages, files and sizes.",
        discussion: """
            Either may be a zip of this machine. Packages are Python's by their .dist-info folders, and Node's of the top level.

            EXAMPLES
              lamina diff tools:2 tools:3
              lamina diff arn:aws:lambda:eu-west-1:111122223333:layer:tools:3 layer.zip
              lamina diff old.zip new.zip --format json
            """)

    @Argument(help: "The earlier: an ARN, NAME:NUMBER, or a zip.", transform: { try LayerOperand($0) })
    var before: LayerOperand

    @Argument(help: "The later: an ARN, NAME:NUMBER, or a zip.", transform: { try LayerOperand($0) })
    var after: LayerOperand

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws { try await interruptible { try await compare() } }

    private func compare() async throws {
        try await withTemporaryFile("before") { first in
            try await withTemporaryFile("after") { second in
                // Two zips of this machine need neither credentials nor a region.
                let layer = before.layer ?? after.layer
                let lambda = layer == nil ? nil : try await connection.lambda(for: layer)
                let old = try ZipReader(try await before.fetch(with: lambda, to: first))
                let new = try ZipReader(try await after.fetch(with: lambda, to: second))
                try format.print(try LayerDiff(from: old, named: before.text, to: new, named: after.text))
            }
        }
    }
}
