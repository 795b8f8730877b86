import ArgumentParser
import LaminaClient
import LaminaErrors

/// `lamina prune`.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete a layer's old versions, but those that functions have.",
        discussion: """
            Without --apply nothing is deleted: it prints what would be. Functions of other accounts, whom a version may be shared
            with, cannot be seen; those that have it keep it and run on.

            EXAMPLES
              lamina prune tools --keep 5
              lamina prune tools --keep 5 --apply
            """)

    @Argument(help: "The layer's name, or its ARN.", transform: { try LayerReference($0) })
    var layer: LayerReference

    @Option(parsing: .unconditional, help: "How many of the newest versions to keep.")
    var keep: Int

    @Flag(help: "Delete them.")
    var apply = false

    @Flag(help: "Delete versions that functions have, too; those functions keep them.")
    var evenUsed = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard keep >= 0 else { throw ValidationError("--keep is a count of versions, from 0") }
    }

    func run() async throws {
        let lambda = try await connection.lambda(besideFunctionsOf: layer)
        if !evenUsed { try await lambda.requireOwnAccount(of: layer) }
        let versions = try await lambda.versions(of: layer)
        let users = try await lambda.users(of: LayerSelection(layer))
        var plan = PrunePlan(
            layer: layer.text, versions: versions, users: users.map(LayerUserRow.init), keep: keep, evenUsed: evenUsed)
        if apply {
            plan.isApplied = true
            let chosen = plan.deleted
            plan.deleted = []
            // Oldest first: what an interruption leaves is what is newer.
            for version in chosen.reversed() {
                do {
                    try await lambda.deleteVersion(LayerVersionReference(layer: layer, version: version.version))
                } catch {
                    plan.failed = chosen.filter { $0.version >= version.version }
                    try format.print(plan)
                    throw error
                }
                plan.deleted.insert(version, at: 0)
            }
        }
        try format.print(plan)
    }
}

/// Which versions go and which stay; what `lamina prune` prints.
struct PrunePlan: Encodable, TableRenderable {
    var layer: String
    /// Whether they were deleted, and not only could be.
    var isApplied = false
    /// Newest first.
    var deleted: [Row] = []
    /// Newest first.
    var kept: [Row] = []
    /// Those that were to be deleted too, when one could not be; nil where all were. Newest first.
    var failed: [Row]?

    struct Row: Encodable {
        var version: Int
        var arn: String
        var created: String?
        /// As in `resize:$LATEST`.
        var usedBy: [String]
    }

    init(layer: String, versions: [LayerVersionItem], users: [LayerUserRow], keep: Int, evenUsed: Bool) {
        self.layer = layer
        for (index, item) in versions.sorted(by: { $0.version > $1.version }).enumerated() {
            let row = Row(
                version: item.version, arn: item.layerVersionARN, created: item.createdDate,
                usedBy: users.filter { $0.layerVersion == item.version }.map(\.name))
            if index < keep || !row.usedBy.isEmpty && !evenUsed { kept.append(row) } else { deleted.append(row) }
        }
    }

    var table: String {
        let verb = isApplied ? "deleted" : "would delete"
        let rows =
            (failed ?? []).map { cells("not deleted", $0) } + deleted.map { cells(verb, $0) }
            + kept.map { cells(isApplied ? "kept" : "would keep", $0) }
        guard !rows.isEmpty else { return "no versions of \(layer)\n" }
        let text = TextTable(columns: [.left, .right, .left, .left], rows: rows).text
        let count = deleted.count == 1 ? "1 version" : "\(deleted.count) versions"
        if deleted.isEmpty, failed == nil { return text + "there is nothing to delete of \(layer)\n" }
        return text + (isApplied ? "\(count) of \(layer) deleted\n" : "\(count) of \(layer) would be deleted: --apply does it\n")
    }

    private func cells(_ verb: String, _ row: Row) -> [String] {
        [verb, String(row.version), row.created.dayText, row.usedBy.isEmpty ? "" : "used by \(row.usedBy.joined(separator: ", "))"]
    }
}
