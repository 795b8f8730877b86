import ZipArchive

/// What takes the room in the layers of a function: largest packages first, and their largest files.
public struct SizeTree: Sendable, Codable {
    public struct Part: Sendable, Codable {
        /// A layer, a package's folder, or a file.
        public var name: String
        /// Bytes when unzipped.
        public var size: Int
        /// Bytes in the zip, where there is one.
        public var zippedSize: Int?
        public var files: Int
        /// The largest first.
        public var parts: [Part]
    }

    /// A file that several layers have with the same content.
    public struct Duplicate: Sendable, Codable {
        public var path: String
        public var layers: [String]
        /// Bytes of one copy.
        public var size: Int
    }

    /// The layers in the function's order, then the function's own code.
    public var layers: [Part]
    public var duplicates: [Duplicate]
    /// Bytes of all, unzipped.
    public var size: Int

    /// - Parameters:
    ///   - packages: How many of a layer's packages are listed.
    ///   - files: How many of a package's files are listed.
    public init(_ trees: [LayerTree], packages: Int = 10, files: Int = 3) {
        layers = trees.map { Self.part($0, packages, files) }
        size = layers.reduce(0) { $0 + $1.size }
        duplicates = Self.duplicates(trees)
    }

    /// What a path belongs to: the package's folder where it lies in one, else the topmost folders.
    static func group(of path: String) -> String {
        let parts = path.split(separator: "/")
        var depth = 1
        if path.hasPrefix("python/lib/python3."), parts.count > 4 { depth = 4 }
        if parts.contains("node_modules"), let modules = parts.firstIndex(of: "node_modules") {
            depth = modules + 1
            if parts.count > depth + 1, parts[depth].hasPrefix("@") { depth += 1 }
        } else if path.hasPrefix("ruby/gems/"), parts.count > 4 {
            depth = 4
        } else if path.hasPrefix("java/lib/") {
            depth = 2
        }
        guard parts.count > depth + 1 || parts.count > depth && path.hasPrefix("java/") else {
            return parts.prefix(depth).joined(separator: "/")
        }
        var name = parts[depth]
        // A package's own libraries and metadata belong to it.
        if name.hasSuffix(".libs") { name = name.dropLast(5) }
        if name.hasSuffix(".dist-info") { name = name.dropLast(10).prefix { $0 != "-" } }
        return (parts.prefix(depth) + [name]).joined(separator: "/")
    }

    private static func part(_ tree: LayerTree, _ packages: Int, _ fileCount: Int) -> Part {
        var groups: [String: [LayerFile]] = [:]
        for file in tree.regularFiles { groups[group(of: file.path), default: []].append(file) }
        let parts = groups.map { name, files in
            let largest = files.sorted { ($1.size, $0.path) < ($0.size, $1.path) }.prefix(fileCount).map {
                Part(name: $0.path, size: $0.size, zippedSize: $0.zippedSize, files: 1, parts: [])
            }
            return Part(
                name: name, size: files.reduce(0) { $0 + $1.size }, zippedSize: zipped(files), files: files.count, parts: Array(largest))
        }
        return Part(
            name: tree.name, size: tree.size, zippedSize: zipped(tree.regularFiles), files: tree.regularFiles.count,
            parts: Array(parts.sorted { ($1.size, $0.name) < ($0.size, $1.name) }.prefix(packages)))
    }

    private static func zipped(_ files: [LayerFile]) -> Int? {
        let sizes = files.map(\.zippedSize)
        return sizes.contains { $0 == nil } ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    }

    private struct Content: Hashable {
        var size: Int
        var crc32: UInt32
    }

    /// Files of the same content in several layers, by what the zips say.
    private static func duplicates(_ trees: [LayerTree]) -> [Duplicate] {
        guard trees.count > 1 else { return [] }
        var found: [Content: [(path: String, layer: String)]] = [:]
        for tree in trees {
            for file in tree.regularFiles where file.size > 4096 {
                guard case .transplant(_, let entry) = file.content.source else { continue }
                found[Content(size: entry.size, crc32: entry.crc32), default: []].append((file.path, tree.name))
            }
        }
        let repeated = found.filter { Set($0.value.map(\.layer)).count > 1 }
        return repeated.map { Duplicate(path: $1[0].path, layers: $1.map(\.layer), size: $0.size) }
            .sorted { ($1.size, $0.path) < ($0.size, $1.path) }.prefix(20).map(\.self)
    }
}
