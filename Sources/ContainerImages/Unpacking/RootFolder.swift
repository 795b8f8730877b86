import CLinux
import Foundation
import LaminaErrors
import SystemPackage

/// A folder that stands for the root of a file system: whatever links are in it, no path leads out of it.
///
/// Links in the folders of a path are followed as if the folder were `/`, that of the last name is not.
struct RootFolder: ~Copyable {
    /// Folders in folders. As each may be open at a time, more would not be removed again.
    static let depthLimit = 200

    /// Bytes of a text that are read.
    private static let textLimit = 1 << 16

    let path: FilePath
    let descriptor: FileDescriptor
    /// The path without links.
    private let ownPlace: FilePath?

    init(_ path: FilePath) throws {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot open the folder \(path)")
        }
        ownPlace = Self.place(descriptor.rawValue)
    }

    deinit { try? descriptor.close() }

    /// The folder of a path, for the calls that take one; nil where there is none.
    func folder(_ path: FilePath) throws -> FolderHandle? {
        let result = (path.isEmpty ? FilePath(".") : path).withPlatformString {
            clinux_open_in_root(descriptor.rawValue, $0, 1)
        }
        guard result < 0 else { return FolderHandle(result) }
        switch errno {
        case ENOENT, ENOTDIR, ELOOP: return nil
        case let code: throw LaminaError.system(code, "cannot open \(path) in \(self.path)")
        }
    }

    /// The folder of a path, which is made where it is not there, with those above it.
    ///
    /// - Throws: ``LaminaError`` `corrupt` where something else is in its place.
    func makeFolder(_ path: FilePath) throws -> FolderHandle {
        if let folder = try folder(path) { return folder }
        guard let name = path.lastComponent else { throw LaminaError(.inputOutput, "\(self.path) is no folder any more") }
        let parent = try makeFolder(path.removingLastComponent())
        try checkDepth(of: place(of: parent).appending(name))
        guard parent.makeFolder(name) || errno == EEXIST else { throw LaminaError.system(errno, "cannot make the folder \(path)") }
        guard let folder = try folder(path) else {
            throw LaminaError(.corrupt, "something else than a folder is at /\(path), and an entry lies below it")
        }
        return folder
    }

    /// Removes what is directly in the folder under a name, with all that is in it.
    func remove(_ path: FilePath) throws {
        guard let name = path.lastComponent, let folder = try folder(FilePath()) else { return }
        try folder.remove(name, at: path)
    }

    /// Whether something is executable at a path, whatever links lead there.
    func hasProgram(at path: FilePath) -> Bool { withFile(path) { _, mode in mode & 0o111 != 0 } ?? false }

    /// The beginning of a text file, whatever links lead there; nil where there is none.
    func text(at path: FilePath) -> String? {
        withFile(path) { file, _ in
            // The descriptor is one for names only.
            guard let reader = try? FileDescriptor.open("/proc/self/fd/\(file)", .readOnly, options: .closeOnExec) else { return nil }
            defer { try? reader.close() }
            return try? String(unsafeUninitializedCapacity: Self.textLimit) { try reader.read(into: UnsafeMutableRawBufferPointer($0)) }
        } ?? nil
    }

    /// What is in a folder; nothing where there is none.
    func names(in path: FilePath) -> [String] {
        guard let folder = try? folder(path) else { return [] }
        return ((try? folder.names()) ?? []).map(\.string)
    }

    private func withFile<T>(_ path: FilePath, _ body: (CInt, mode_t) -> T) -> T? {
        let file = path.withPlatformString { clinux_open_in_root(descriptor.rawValue, $0, 0) }
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return body(file, status.st_mode)
    }

    /// Where a folder is below the root, whatever links led there.
    func place(of folder: borrowing FolderHandle) throws -> FilePath {
        guard let ownPlace, var place = Self.place(folder.rawValue), place.removePrefix(ownPlace) else {
            throw LaminaError(.inputOutput, "\(path) is moved while it is made")
        }
        return place
    }

    /// Judges where a folder is to be.
    func checkDepth(of place: FilePath) throws {
        guard place.components.count <= Self.depthLimit else {
            throw LaminaError(.limitExceeded, "folders are more than \(Self.depthLimit) deep")
        }
    }

    /// Waits until all that was written is on the disk.
    func sync() throws {
        guard clinux_sync_file_system(descriptor.rawValue) == 0 else { throw LaminaError.system(errno, "cannot write \(path) to the disk") }
    }

    private static func place(_ descriptor: CInt) -> FilePath? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
            guard let base = buffer.baseAddress, case let count = readlink("/proc/self/fd/\(descriptor)", base, Int(PATH_MAX)), count > 0
            else { return nil }
            base[count] = 0
            return FilePath(platformString: base)
        }
    }
}
