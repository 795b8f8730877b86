import LambdaModel

extension LayerDiff: TableRenderable {
    /// Lines of files a kind that the table holds; JSON and YAML have them all.
    private static let lines = 40

    var table: String {
        var text = TextTable(
            columns: [.left, .right, .right, .right],
            rows: [["", "FILES", "ZIPPED", "UNZIPPED"]]
                + [before, after].map { [$0.name, String($0.files), $0.zippedSize.byteText, $0.unzippedSize.byteText] }
                + [
                    [
                        "difference", Self.signed(after.files - before.files), Self.signedBytes(after.zippedSize - before.zippedSize),
                        Self.signedBytes(after.unzippedSize - before.unzippedSize),
                    ]
                ]
        ).text
        if packages.isEmpty, added.isEmpty, removed.isEmpty, changed.isEmpty { return text + "the same files\n" }
        text += Self.section("packages", packages, limit: .max) { change in
            switch (change.before, change.after) {
            case (nil, let new?): ["  + \(change.name)", new]
            case (let old?, nil): ["  - \(change.name)", old]
            case (let old, let new): ["  ~ \(change.name)", "\(old ?? "") to \(new ?? "")"]
            }
        }
        text += Self.section("added", added, limit: Self.lines) { ["  + \($0.path)", $0.size.byteText] }
        text += Self.section("removed", removed, limit: Self.lines) { ["  - \($0.path)", $0.size.byteText] }
        text += Self.section("changed", changed, limit: Self.lines) { change in
            let mode = change.modeBefore.map { ", mode \($0) to \(change.modeAfter ?? "")" } ?? ""
            let size =
                change.sizeBefore == change.sizeAfter
                ? change.sizeAfter.byteText : "\(change.sizeBefore.byteText) to \(change.sizeAfter.byteText)"
            return ["  ~ \(change.path)", size + mode]
        }
        return text
    }

    private static func section<T>(_ title: String, _ items: [T], limit: Int, _ cells: (T) -> [String]) -> String {
        guard !items.isEmpty else { return "" }
        let rest = items.count > limit ? "  … and \(items.count - limit) more: --format json has them all\n" : ""
        return "\(title): \(items.count)\n" + TextTable(columns: [.left, .left], rows: items.prefix(limit).map(cells)).text + rest
    }

    private static func signed(_ value: Int) -> String { value > 0 ? "+\(value)" : String(value) }

    private static func signedBytes(_ value: Int) -> String { (value < 0 ? "-" : value > 0 ? "+" : "") + abs(value).byteText }
}
