import ArgumentParser
import LaminaClient
import LaminaErrors

/// `lamina delete`.
struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a layer version. Functions that have it keep it and run on.",
        discussion: """
            Its number is never given to another version. 'lamina users' tells who has it.

            EXAMPLES
              lamina delete tools:3
              lamina delete arn:aws:lambda:eu-west-1:111122223333:layer:tools:3
            """)

    @Argument(help: "The layer version's ARN, or NAME:NUMBER.", transform: { try LayerVersionReference($0) })
    var version: LayerVersionReference

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        let lambda = try await connection.lambda(for: version.layer)
        do {
            // The service deletes what is not there without a word.
            _ = try await lambda.version(version)
        } catch let error as LaminaError where error.code == .accessDenied {
            // Whoever may delete need not be allowed to read.
        }
        try await lambda.deleteVersion(version)
        try format.print(Deletion(deleted: version.description))
    }
}

/// What `lamina delete` prints.
private struct Deletion: Encodable, TableRenderable {
    var deleted: String

    var table: String { "deleted \(deleted)\n" }
}
