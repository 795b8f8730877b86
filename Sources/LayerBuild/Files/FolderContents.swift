import Foundation
import LaminaErrors
import SystemPackage
import ZipArchive

/// A folder's files, symlinks and empty folders as entries of a zip.
public struct FolderContents {
    public private(set) var entries: [ZipContent] = []
    private var size = 0
    private let destination: String
    private let progress: (_ done: Int, _ total: Int) -> Void

    /// - Parameters:
    ///   - destination: The zip's folder that the contents go into; empty for its root.
    ///   - progress: Told the bytes that were found so far, of an unknown total.
    /// - Throws: ``LaminaError`` `unsupported` for pipes, sockets and devices; `unsafe` for symlinks that leave the folder; `inputOutput`.
    public init(
        _ folder: FilePath, into destination: String = "", _ progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
    )
        throws
    {
        self.destination = destination
        self.progress = progress
        try add(folder, as: "")
    }

    /// One file as an entry; a symlink counts as what it points at.
    static func file(_ path: FilePath, as entry: String) throws -> ZipContent {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unsupported(path) }
        return ZipContent(path: entry, isExecutable: status.st_mode & 0o111 != 0, source: .file(path, size: Int(status.st_size)))
    }

    private mutating func add(_ folder: FilePath, as prefix: String) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
        } catch {
            throw LaminaError(.inputOutput, "cannot read the folder \(folder)", cause: error)
        }
        if names.isEmpty, !prefix.isEmpty { entries.append(ZipContent(path: placed(prefix), source: .directory)) }
        for name in names {
            let path = folder.appending(name)
            let entry = prefix.isEmpty ? name : "\(prefix)/\(name)"
            // Of the link itself, where it is one.
            var status = stat()
            guard lstat(path.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(path)") }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try add(path, as: entry)
            case S_IFLNK: try addLink(path, as: entry)
            case S_IFREG:
                size += Int(status.st_size)
                progress(size, 0)
                entries.append(
                    ZipContent(
                        path: placed(entry), isExecutable: status.st_mode & 0o111 != 0, source: .file(path, size: Int(status.st_size))))
            default: throw Self.unsupported(path)
            }
        }
    }

    private mutating func addLink(_ path: FilePath, as entry: String) throws {
        let target: String
        do {
            target = try FileManager.default.destinationOfSymbolicLink(atPath: path.string)
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
        }
        do {
            try PathRules.checkLink(entry, target: target)
        } catch {
            throw LaminaError(.unsafe, "\(path) is a symlink to \(target), which is outside of what goes into the layer: put a copy there")
        }
        entries.append(ZipContent(path: placed(entry), source: .symbolicLink(target)))
    }

    private func placed(_ entry: String) -> String { destination.isEmpty ? entry : "\(destination)/\(entry)" }

    private static func unsupported(_ path: FilePath) -> LaminaError {
        LaminaError(.unsupported, "\(path) is neither a file, a folder nor a symlink: a layer cannot hold it")
    }
}
