import ELFFile
import LambdaModel
import LaminaErrors

/// What a check wants to know from the bytes of a layer's or a package's files, by their paths.
///
/// Reading it is what takes time: a build keeps it beside each package.
public struct ContentIndex: Codable, Sendable {
    public var binaries: [String: ELFFile] = [:]
    /// Files that begin as ELF files and cannot be read as such, with the reason.
    public var unreadable: [String: String] = [:]
    /// Shared libraries that modules open by name as they run.
    public var libraryUses: [String: [LibraryUse]] = [:]
    /// All files that were looked at.
    package var covered: Set<String> = []

    public init() {}

    private enum CodingKeys: String, CodingKey { case binaries, unreadable, libraryUses }

    /// The index under other paths; what has none in `paths` is left out.
    package func renamed(_ paths: [String: String]) -> ContentIndex {
        func rename<Value>(_ values: [String: Value]) -> [String: Value] {
            Dictionary(values.compactMap { path, value in paths[path].map { ($0, value) } }, uniquingKeysWith: { first, _ in first })
        }
        var index = ContentIndex()
        index.binaries = rename(binaries)
        index.unreadable = rename(unreadable)
        index.libraryUses = rename(libraryUses)
        index.covered = Set(covered.compactMap { paths[$0] })
        return index
    }

    /// Adds another index, which is right where both speak of the same path.
    package mutating func merge(_ other: ContentIndex) {
        remove(other.covered)
        binaries.merge(other.binaries) { _, later in later }
        unreadable.merge(other.unreadable) { _, later in later }
        libraryUses.merge(other.libraryUses) { _, later in later }
        covered.formUnion(other.covered)
    }

    /// The architecture of most of the binaries; nil where there are none.
    public var architecture: Architecture? {
        let machines = binaries.values.map(\.machine)
        let counts = [(Architecture.x86_64, machines.count { $0 == .x86_64 }), (.arm64, machines.count { $0 == .arm64 })]
        return counts.filter { $0.1 > 0 }.max { $0.1 < $1.1 }?.0
    }

    /// Forgets files.
    package mutating func remove(_ paths: Set<String>) {
        for path in paths {
            binaries[path] = nil
            unreadable[path] = nil
            libraryUses[path] = nil
        }
        covered.subtract(paths)
    }
}
