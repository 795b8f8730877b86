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

    let path: FilePath
    let descriptor: FileDescriptor

    init(_ path: FilePath) throws {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot open the folder \(path)")
        }
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
        try checkDepth(of: parent)
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
    func hasProgram(at path: FilePath) -> Bool {
        let result = path.withPlatformString { clinux_open_in_root(descriptor.rawValue, $0, 0) }
        guard result >= 0 else { return false }
        defer { close(result) }
        var status = stat()
        return fstat(result, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o111 != 0
    }

    /// Judges a folder's own depth, whatever links led there.
    func checkDepth(of folder: borrowing FolderHandle) throws {
        let link = "/proc/self/fd/\(folder.rawValue)"
        let place = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
        guard let place, FilePath(place).components.count - path.components.count < Self.depthLimit else {
            throw LaminaError(.limitExceeded, "folders are more than \(Self.depthLimit) deep")
        }
    }
}
