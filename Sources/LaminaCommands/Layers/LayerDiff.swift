import LayerCheck
import ZipArchive

/// What differs between two layers' zips, by their central directories.
struct LayerDiff: Encodable {
    var before: Side
    var after: Side
    var packages: [PackageChange]
    var added: [File]
    var removed: [File]
    var changed: [FileChange]

    /// One of the two zips.
    struct Side: Encodable {
        var name: String
        var files: Int
        /// Bytes of the zip.
        var zippedSize: Int
        /// Bytes when unzipped.
        var unzippedSize: Int
    }

    /// A package that is new, gone, or of another version.
    struct PackageChange: Encodable, Equatable {
        var language: LayerPackages.Language
        var name: String
        /// Nil for one that is new.
        var before: String?
        /// Nil for one that is gone.
        var after: String?
    }

    struct File: Encodable, Equatable {
        var path: String
        /// Bytes when unzipped.
        var size: Int
    }

    struct FileChange: Encodable, Equatable {
        var path: String
        var sizeBefore: Int
        var sizeAfter: Int
        /// Permissions in octal, as in `755`; absent where they are the same.
        var modeBefore: String?
        var modeAfter: String?
    }

    init(from old: ZipReader, named oldName: String, to new: ZipReader, named newName: String) throws {
        let (olds, news) = (Self.files(of: old), Self.files(of: new))
        before = Side(name: oldName, files: olds.count, zippedSize: old.fileSize, unzippedSize: old.totalSize)
        after = Side(name: newName, files: news.count, zippedSize: new.fileSize, unzippedSize: new.totalSize)
        packages = Self.changes(LayerPackages(of: try LayerTree(old)), LayerPackages(of: try LayerTree(new)))
        added = news.values.filter { olds[$0.path] == nil }.map { File(path: $0.path, size: $0.size) }.sorted { $0.path < $1.path }
        removed = olds.values.filter { news[$0.path] == nil }.map { File(path: $0.path, size: $0.size) }.sorted { $0.path < $1.path }
        changed = olds.values.compactMap { old in news[old.path].flatMap { FileChange(old, $0) } }.sorted { $0.path < $1.path }
    }

    /// Files and symlinks by path; folders come with them.
    private static func files(of zip: ZipReader) -> [String: ZipEntry] {
        Dictionary(zip.entries.filter { $0.kind != .directory }.map { ($0.path, $0) }) { $1 }
    }

    private static func changes(_ old: LayerPackages, _ new: LayerPackages) -> [PackageChange] {
        Set(old.versions.keys).union(new.versions.keys).filter { old.versions[$0] != new.versions[$0] }
            .sorted { ($0.language.rawValue, $0.name) < ($1.language.rawValue, $1.name) }
            .map { PackageChange(language: $0.language, name: $0.name, before: old.versions[$0], after: new.versions[$0]) }
    }
}

extension LayerDiff.FileChange {
    /// Nil when the entries are the same in kind, bytes and permissions.
    init?(_ old: ZipEntry, _ new: ZipEntry) {
        guard old.crc32 != new.crc32 || old.size != new.size || old.permissions != new.permissions || old.kind != new.kind else {
            return nil
        }
        let isSameMode = old.permissions == new.permissions
        self.init(
            path: old.path, sizeBefore: old.size, sizeAfter: new.size,
            modeBefore: isSameMode ? nil : String(old.permissions, radix: 8),
            modeAfter: isSameMode ? nil : String(new.permissions, radix: 8))
    }
}
