import LaminaErrors
import SystemPackage
import ZipArchive

/// A layer's files by path: what a function will see at /opt.
public struct LayerTree: Sendable {
    /// As the user calls it, for messages.
    public var name: String
    public private(set) var files: [String: LayerFile] = [:]
    /// Sorted by path.
    public private(set) var paths: [String] = []
    /// Symlinks by their paths, with where they point.
    private var links: [String: String] = [:]

    /// - Throws: ``LaminaError`` when a symlink cannot be read.
    public init(name: String, _ files: some Sequence<LayerFile>) throws {
        self.name = name
        for file in files {
            self.files[file.path] = file
            if file.kind == .symbolicLink { links[file.path] = try file.linkTarget() }
        }
        paths = self.files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// A zip's files.
    public init(_ zip: ZipReader, name: String = "layer.zip") throws {
        try self.init(name: name, zip.entries.map { LayerFile($0, in: zip) })
    }

    /// A folder's files.
    public init(folder: FilePath, name: String) throws {
        try self.init(name: name, FolderWalk(folder).items.map { LayerFile($0) })
    }

    /// Bytes of all files, unzipped.
    public var size: Int { files.values.reduce(0) { $0 + $1.size } }

    /// The tree with another one laid over it, whose files win.
    package func overlaid(with other: LayerTree) -> LayerTree {
        var tree = self
        tree.files.merge(other.files) { _, later in later }
        tree.links = tree.links.filter { other.files[$0.key] == nil }.merging(other.links) { _, later in later }
        tree.paths = tree.files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return tree
    }

    /// Files only, in the order of their paths.
    package var regularFiles: [LayerFile] { paths.compactMap { files[$0] }.filter { $0.kind == .file } }

    /// Whether there is anything below a folder.
    package func hasFolder(_ folder: String) -> Bool { paths[firstIndex(below: folder)...].first?.hasPrefix(folder + "/") == true }

    /// What lies below a folder, at any depth, in the order of the paths.
    package func files(below folder: String) -> [LayerFile] {
        paths[firstIndex(below: folder)...].prefix { $0.hasPrefix(folder + "/") }.compactMap { files[$0] }
    }

    private func firstIndex(below folder: String) -> Int {
        let prefix = folder + "/"
        var (low, high) = (0, paths.count)
        while low < high {
            let middle = (low + high) / 2
            if paths[middle].utf8.lexicographicallyPrecedes(prefix.utf8) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The path of the file that a path leads to through symlinks; nil where it leads nowhere in the layer.
    public func resolve(_ path: String) -> String? { destination(of: path).flatMap { files[$0]?.kind == .file ? $0 : nil } }

    /// Whether a path leads to something in the layer: a file, a folder, or its root.
    func leadsSomewhere(_ path: String) -> Bool {
        destination(of: path).map { $0.isEmpty || files[$0] != nil || hasFolder($0) } ?? false
    }

    /// Where a path leads through symlinks, whatever is there; nil where that is outside of the layer, or the links go in a circle.
    private func destination(of path: String) -> String? {
        var parts: [Substring] = path.split(separator: "/").reversed()
        var resolved: [Substring] = []
        var followed = 0
        while let part = parts.popLast() {
            if part == "." { continue }
            if part == ".." {
                guard resolved.popLast() != nil else { return nil }
                continue
            }
            resolved.append(part)
            guard let target = links[resolved.joined(separator: "/")] else { continue }
            followed += 1
            guard followed <= 40 else { return nil }
            resolved.removeLast()
            if target.hasPrefix("/") {
                guard target.hasPrefix("/opt/") else { return nil }
                resolved = []
            }
            parts += target.split(separator: "/").dropFirst(target.hasPrefix("/") ? 1 : 0).reversed()
        }
        return resolved.joined(separator: "/")
    }
}
