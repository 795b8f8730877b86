import LambdaModel
import SystemPackage

/// The names of zips that come of one build.
struct OutputNames {
    /// One for each group of targets.
    let paths: [FilePath]

    /// - Parameter output: The name where there is one group; with several each has what parts it from the others behind the stem.
    init(_ output: FilePath, _ groups: [[BuildTarget]]) {
        guard groups.count > 1 else {
            paths = groups.map { _ in output }
            return
        }
        let runtimes = groups.map { Self.joined($0.map(\.runtime.identifier)) }
        let architectures = groups.map { Self.joined($0.map(\.architecture.rawValue)) }
        paths = groups.indices.map { index in
            let parts = [
                Set(runtimes).count > 1 ? runtimes[index] : nil, Set(architectures).count > 1 ? architectures[index] : nil,
            ].compactMap(\.self)
            return Self.sibling(of: output, "zip", (parts.isEmpty ? ["\(index + 1)"] : parts).map { "-\($0)" }.joined())
        }
    }

    private static func joined(_ names: [String]) -> String {
        names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: "-")
    }

    /// A file beside a zip: its stem, a suffix, and another extension in place of `zip`.
    static func sibling(of zip: FilePath, _ extension: String, _ suffix: String = "") -> FilePath {
        let name = zip.lastComponent?.string ?? ""
        let stem = name.hasSuffix(".zip") ? String(name.dropLast(4)) : name
        return zip.removingLastComponent().appending("\(stem)\(suffix).\(`extension`)")
    }
}
