import LaminaErrors
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Everything below a folder, sorted by path; symlinks are not followed.
public struct FolderWalk: Sendable {
    public struct Item: Sendable {
        /// From the folder on.
        public var path: String
        public var location: FilePath
        public var kind: ZipEntry.Kind
        /// The Unix permission bits.
        public var permissions: UInt16
        /// Bytes of a file.
        public var size: Int
        /// Where a symlink points.
        public var target: String?
        /// Seconds since 1970 when it was last changed.
        public var modified: Int
    }

    /// Entries that one folder may hold.
    private static let limit = 1_000_000

    public private(set) var items: [Item] = []

    /// - Throws: ``LaminaError`` `inputOutput`, `limitExceeded` beyond a million entries.
    public init(_ folder: FilePath) throws { try add(folder, as: "") }

    private mutating func add(_ folder: FilePath, as prefix: String) throws {
        for name in try Self.names(in: folder) {
            let location = folder.appending(name)
            var status = stat()
            guard lstat(location.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(location)") }
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            let kind: ZipEntry.Kind =
                switch status.st_mode & S_IFMT {
                case S_IFREG: .file
                case S_IFDIR: .directory
                case S_IFLNK: .symbolicLink
                default: .special
                }
            items.append(
                Item(
                    path: path, location: location, kind: kind, permissions: UInt16(status.st_mode & 0o7777),
                    size: kind == .file ? Int(status.st_size) : 0, target: kind == .symbolicLink ? try Self.target(of: location) : nil,
                    modified: status.st_mtim.tv_sec))
            guard items.count <= Self.limit else {
                throw LaminaError(.limitExceeded, "\(folder) holds more than \(Self.limit) files and folders")
            }
            if kind == .directory { try add(location, as: path) }
        }
    }

    private static func target(of link: FilePath) throws -> String {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) { name in
                name.baseAddress.map { max(0, readlink(link.string, $0, name.count)) } ?? 0
            }
        }
        guard !bytes.isEmpty else { throw LaminaError.system(errno, "cannot read the symlink \(link)") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Names sorted as bytes, so that the order is the same everywhere.
    private static func names(in folder: FilePath) throws -> [String] {
        guard let stream = opendir(folder.string) else { throw LaminaError.system(errno, "cannot read the folder \(folder)") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
