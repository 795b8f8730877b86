import LayerCheck
import ZipArchive

/// Packages put together. Where two hold the same path, the later one by name wins, as it would on disk.
struct PackageMerge {
    /// A package's installed files and what its wheel is known to hold.
    struct Part: Sendable {
        var package: LayerContent.Package
        var entries: [ZipContent]
        var index: ContentIndex
    }

    private struct Pair: Hashable {
        var loser: String
        var winner: String
    }

    private(set) var content = LayerContent()

    /// - Parameter parts: Sorted by name.
    init(_ parts: [Part]) {
        var entries: [String: (owner: String, content: ZipContent)] = [:]
        var clashes: [Pair: [String]] = [:]
        for part in parts {
            for entry in part.entries {
                let former = entries.updateValue((part.package.name, entry), forKey: entry.path)
                // Bytecode differs where its source does.
                if let former, !entry.path.hasSuffix(".pyc"), !former.content.hasSameBytes(as: entry) {
                    clashes[Pair(loser: former.owner, winner: part.package.name), default: []].append(entry.path)
                }
            }
            content.index.merge(part.index)
        }
        content.entries = entries.values.map(\.content)
        content.packages = parts.map(\.package)
        content.notes = clashes.sorted { ($0.key.loser, $0.key.winner) < ($1.key.loser, $1.key.winner) }.map(Self.note)
    }

    private static func note(_ pair: Pair, _ paths: [String]) -> String {
        let others = paths.count > 1 ? " and \(paths.count - 1) other \(paths.count == 2 ? "file" : "files")" : ""
        return
            "\(pair.loser) and \(pair.winner) both have \(paths.min() ?? "")\(others), with different contents; \(pair.winner)'s is in the layer"
    }
}
