import LaminaErrors
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Everything below a folder: each folder before what is in it, names in the order of their bytes. Symlinks are not followed.
package struct FolderWalk: Sendable {
    /// Entries that one folder may hold.
    private static let limit = 1_000_000

    package private(set) var items: [Item] = []

    /// - Parameters:
    ///   - isDeep: Whether folders inside the folder are walked too.
    ///   - skipsUnreadable: Whether what cannot be read, or is gone meanwhile, is left out; else it is an error.
    ///   - isIncluded: Whether an item is taken; a folder that is not is left out with all that it holds.
    /// - Throws: ``LaminaError`` `inputOutput`, `limitExceeded` beyond a million entries.
    package init(
        _ folder: FilePath, isDeep: Bool = true, skipsUnreadable: Bool = false, where isIncluded: (Item) throws -> Bool = { _ in true }
    ) throws {
        try add(folder, as: "", isDeep, skipsUnreadable, isIncluded)
    }

    private mutating func add(
        _ folder: FilePath, as prefix: String, _ isDeep: Bool, _ skipsUnreadable: Bool, _ isIncluded: (Item) throws -> Bool
    ) throws {
        let names = try Self.read(skipsUnreadable) { try Self.names(in: folder) } ?? []
        for name in names {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            let location = folder.appending(name)
            guard let item = try Self.read(skipsUnreadable, { try Item(location, path: path) }), try isIncluded(item) else { continue }
            items.append(item)
            guard items.count <= Self.limit else {
                throw LaminaError(.limitExceeded, "\(folder) holds more than \(Self.limit) files and folders")
            }
            if isDeep, item.kind == .directory { try add(location, as: path, isDeep, skipsUnreadable, isIncluded) }
        }
    }

    private static func read<T>(_ skipsUnreadable: Bool, _ body: () throws -> T) throws -> T? {
        do {
            return try body()
        } catch let error as LaminaError where skipsUnreadable && error.code == .inputOutput {
            return nil
        }
    }

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

extension FolderWalk {
    /// What a walk comes by.
    package struct Item: Sendable {
        /// From the folder on.
        package var path: String
        package var location: FilePath
        package var kind: ZipEntry.Kind
        /// The Unix permission bits.
        package var permissions: UInt16
        /// Bytes of a file.
        package var size: Int
        /// Where a symlink points.
        package var target: String?
        /// The time since 1970 when it was last changed.
        package var modified: Duration

        /// The last part of its path.
        package var name: String { location.lastComponent?.string ?? "" }
        package var isExecutable: Bool { permissions & 0o111 != 0 }

        /// Whatever lies at a place; of a symlink, the link itself.
        ///
        /// - Throws: ``LaminaError`` `inputOutput` where nothing is.
        package init(_ location: FilePath, path: String) throws {
            var status = stat()
            guard lstat(location.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(location)") }
            self.path = path
            self.location = location
            kind =
                switch status.st_mode & S_IFMT {
                case S_IFREG: .file
                case S_IFDIR: .directory
                case S_IFLNK: .symbolicLink
                default: .special
                }
            permissions = UInt16(status.st_mode & 0o7777)
            size = kind == .file ? Int(status.st_size) : 0
            target = kind == .symbolicLink ? try Self.target(of: location) : nil
            modified = .seconds(status.st_mtim.tv_sec) + .nanoseconds(status.st_mtim.tv_nsec)
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
    }
}
