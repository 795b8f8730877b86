import ArgumentParser
import LaminaClient
import LaminaErrors

/// `lamina grant`.
struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Share a layer version with an account, an organization, or everyone.",
        discussion: """
            The grant is for this version only; those who have it may read it and give it to their functions.

            EXAMPLES
              lamina grant tools:3 --to 111122223333
              lamina grant tools:3 --to o-a1b2c3d4e5
              lamina grant arn:aws:lambda:eu-west-1:111122223333:layer:tools:3 --to public
            """)

    @Argument(help: "The layer version's ARN, or NAME:NUMBER.", transform: { try LayerVersionReference($0) })
    var version: LayerVersionReference

    @Option(name: .customLong("to"), help: "A 12-digit account, an organization o-…, or public.", transform: { try LayerGrantee($0) })
    var grantee: LayerGrantee

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        let lambda = try await connection.lambda(for: version.layer)
        // Whoever may grant need not be allowed to read the policy; then the service finds out.
        var statement = (try? await lambda.policy(of: version))?.statement(for: grantee)
        let isNew = statement == nil
        if isNew {
            do {
                try await lambda.grant(version, to: grantee)
            } catch let error as LaminaError where error.code == .alreadyExists {
                try await requireSameGrant(lambda, error)
                return try report(grantee.statementID, isNew: false)
            }
            statement = grantee.statementID
        }
        try report(statement ?? grantee.statementID, isNew: isNew)
    }

    /// A statement of the derived id was there: it must grant the same.
    private func requireSameGrant(_ lambda: LambdaClient, _ conflict: LaminaError) async throws {
        // Where the policy is not to be read, what the statement grants is not to be told.
        guard let policy = try? await lambda.policy(of: version) else { throw conflict }
        guard policy.statement(for: grantee) == nil else { return }
        throw LaminaError(
            .alreadyExists,
            """
            the policy of \(version) has a statement '\(grantee.statementID)' that grants something else: \
            remove it with lamina revoke \(version) --statement \(grantee.statementID)
            """, cause: conflict.cause)
    }

    private func report(_ statement: String, isNew: Bool) throws {
        try format.print(Grant(layerVersion: version.description, grantee: grantee.description, statement: statement, isNew: isNew))
    }
}

/// What `lamina grant` prints.
private struct Grant: Encodable, TableRenderable {
    var layerVersion: String
    var grantee: String
    var statement: String
    /// False when it was granted already.
    var isNew: Bool

    var table: String {
        let note = grantee == "public" ? "note: everyone with an AWS account may now read it\n" : ""
        return "\(isNew ? "granted" : "already granted") \(layerVersion) to \(grantee) (statement \(statement))\n" + note
    }
}

extension LayerPolicy {
    /// The id of the statement that grants it to someone.
    func statement(for grantee: LayerGrantee) -> String? { statements.first { $0.grantee == grantee }?.id }
}
