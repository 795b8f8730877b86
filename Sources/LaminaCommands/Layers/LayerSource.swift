import Foundation
import LambdaModel
import LaminaClient
import LaminaErrors
import Synchronization
import SystemPackage
import ZipArchive

/// What a user wants published: a zip as it is, or a folder's contents.
struct LayerSource {
    private let path: FilePath
    private let isFolder: Bool

    /// - Throws: ``LaminaError`` `notFound` when there is nothing at the path.
    init(_ text: String) throws {
        path = FilePath(text)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) else {
            throw LaminaError(.notFound, "\(text) does not exist: give a zip or a folder")
        }
        self.isFolder = isFolder.boolValue
    }

    /// The zip to upload; a folder is zipped to a file first.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for what is no zip, `limitExceeded` for what Lambda could never unzip.
    func upload(zippingTo file: FilePath, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) async throws -> LayerUpload {
        if isFolder {
            let contents = try FolderContents(path, progress).entries
            guard !contents.isEmpty else { throw LaminaError(.invalidArgument, "\(path) is empty: there is nothing to publish") }
            let size = contents.reduce(0) { $0 + $1.size }
            try checkSize(size)
            let written = Mutex(0)
            _ = try await ZipWriter().write(contents, to: file) { piece in
                let sum = written.withLock { sum in
                    sum += piece
                    return sum
                }
                progress(sum, size)
            }
            return try LayerUpload(file)
        }
        try checkSize(ZipReader(path).totalSize)
        return try LayerUpload(path)
    }

    private func checkSize(_ size: Int) throws {
        guard size > Limits.unzipped else { return }
        throw LaminaError(
            .limitExceeded,
            "\(path) has \(size) bytes unzipped, and a function with all its layers may have \(Limits.unzipped); split it, or leave files out"
        )
    }
}

/// A folder's files, symlinks and empty folders as entries of a zip, named from the folder on.
struct FolderContents {
    private(set) var entries: [ZipContent] = []
    private var size = 0
    private let progress: (_ done: Int, _ total: Int) -> Void

    /// - Parameter progress: Told the bytes that were found so far, of an unknown total.
    /// - Throws: ``LaminaError`` `unsupported` for pipes, sockets and devices; `inputOutput`.
    init(_ folder: FilePath, _ progress: @escaping (_ done: Int, _ total: Int) -> Void) throws {
        self.progress = progress
        try add(folder, as: "")
    }

    private mutating func add(_ folder: FilePath, as prefix: String) throws {
        let files = FileManager.default
        let names: [String]
        do {
            names = try files.contentsOfDirectory(atPath: folder.string).sorted()
        } catch {
            throw LaminaError(.inputOutput, "cannot read the folder \(folder)", cause: error)
        }
        if names.isEmpty, !prefix.isEmpty { entries.append(ZipContent(path: prefix, source: .directory)) }
        for name in names {
            let path = folder.appending(name)
            let entry = prefix.isEmpty ? name : "\(prefix)/\(name)"
            // Of the link itself, where it is one.
            let attributes: [FileAttributeKey: Any]
            do {
                attributes = try files.attributesOfItem(atPath: path.string)
            } catch {
                throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
            }
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory?: try add(path, as: entry)
            case .typeSymbolicLink?:
                let target = try files.destinationOfSymbolicLink(atPath: path.string)
                entries.append(ZipContent(path: entry, source: .symbolicLink(target)))
            case .typeRegular?:
                let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
                self.size += size
                progress(self.size, 0)
                let mode = (attributes[.posixPermissions] as? NSNumber)?.uint16Value ?? 0
                entries.append(ZipContent(path: entry, isExecutable: mode & 0o111 != 0, source: .file(path, size: size)))
            default:
                throw LaminaError(.unsupported, "\(path) is neither a file, a folder nor a symlink: a layer cannot hold it")
            }
        }
    }
}
