import ArgumentParser
import LaminaClient
import LaminaErrors

/// `lamina revoke`.
struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take back a grant of a layer version.",
        discussion: """
            Functions of other accounts that have the version keep it.

            EXAMPLES
              lamina revoke tools:3 --from 111122223333
              lamina revoke tools:3 --from public
              lamina revoke tools:3 --statement xaccount
            """)

    @Argument(help: "The layer version's ARN, or NAME:NUMBER.", transform: { try LayerVersionReference($0) })
    var version: LayerVersionReference

    @Option(name: .customLong("from"), help: "A 12-digit account, an organization o-…, or public.", transform: { try LayerGrantee($0) })
    var grantee: LayerGrantee?

    @Option(help: "The id of the policy's statement, in place of --from.")
    var statement: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard (grantee == nil) != (statement == nil) else { throw ValidationError("give either --from or --statement") }
    }

    func run() async throws {
        let lambda = try await connection.lambda(for: version.layer)
        let statements: [String]
        if let statement {
            statements = [statement]
        } else {
            let all = try await lambda.policy(of: version)?.statements ?? []
            statements = all.filter { $0.grantee == grantee }.map(\.id)
            guard !statements.isEmpty else {
                let others = all.map { $0.grantee?.description ?? "the statement \($0.id)" }.joined(separator: ", ")
                throw LaminaError(
                    .notFound,
                    "\(version) is not shared with \(grantee?.description ?? ""): it is shared with \(others.isEmpty ? "no one" : others)")
            }
        }
        for statement in statements { try await lambda.revoke(statement, of: version) }
        try format.print(Revocation(layerVersion: version.description, statements: statements))
    }
}

/// What `lamina revoke` prints.
private struct Revocation: Encodable, TableRenderable {
    var layerVersion: String
    /// The statements that were removed.
    var statements: [String]

    var table: String { statements.map { "revoked \($0) of \(layerVersion)\n" }.joined() }
}
