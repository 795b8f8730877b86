import CLinux
import Foundation
import LaminaErrors
import SystemPackage

/// An open folder, in which names are handled without following any link.
struct FolderHandle: ~Copyable {
    let rawValue: CInt

    /// Takes the descriptor over.
    init(_ rawValue: CInt) { self.rawValue = rawValue }

    deinit { close(rawValue) }

    /// The kind and permissions of what a name stands for; nil where there is nothing.
    func mode(of name: FilePath.Component) -> mode_t? {
        var status = stat()
        return name.withPlatformString { fstatat(rawValue, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0 ? status.st_mode : nil
    }

    /// Makes a folder that its owner may write to; false with `errno`.
    func makeFolder(_ name: FilePath.Component) -> Bool { name.withPlatformString { mkdirat(rawValue, $0, 0o755) } == 0 }

    /// Sets the permissions of a folder.
    func setMode(ofFolder name: FilePath.Component, _ mode: mode_t) throws {
        // fchmodat would follow a link.
        guard self.mode(of: name).map({ $0 & S_IFMT == S_IFDIR }) ?? false else { return }
        guard name.withPlatformString({ fchmodat(rawValue, $0, mode, 0) }) == 0 else {
            throw LaminaError.system(errno, "cannot change the permissions of \(name)")
        }
    }

    /// Makes a file that was not there, for writing.
    func makeFile(_ name: FilePath.Component) throws -> FileDescriptor {
        let file = name.withPlatformString {
            openat(rawValue, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        guard file >= 0 else { throw LaminaError.system(errno, "cannot write \(name)") }
        return FileDescriptor(rawValue: file)
    }

    /// Removes what a name stands for, folders with all that is in them.
    ///
    /// - Parameters:
    ///   - path: The name's own, of which `keeps` is asked.
    ///   - keeps: Whether to leave something where it is; then the folders above it stay too.
    ///   - removed: Told of each folder that is not there any more.
    func remove(
        _ name: FilePath.Component, at path: FilePath, keeps: (FilePath) -> Bool = { _ in false },
        removed: (FilePath) -> Void = { _ in }
    ) throws {
        guard let mode = mode(of: name) else { return }
        guard mode & S_IFMT == S_IFDIR else {
            if !keeps(path) { _ = try unlink(name, 0) }
            return
        }
        try setMode(ofFolder: name, 0o700 | mode & 0o777)
        let descriptor = name.withPlatformString { clinux_open_folder(rawValue, $0) }
        guard descriptor >= 0 else { throw LaminaError.system(errno, "cannot open \(path)") }
        try FolderHandle(descriptor).removeContents(at: path, keeps: keeps, removed: removed)
        if !keeps(path), try unlink(name, AT_REMOVEDIR) { removed(path) }
    }

    /// Removes what is in the folder itself.
    ///
    /// - Parameter path: The folder's own.
    func removeContents(at path: FilePath, keeps: (FilePath) -> Bool, removed: (FilePath) -> Void) throws {
        for name in try names() { try remove(name, at: path.appending(name), keeps: keeps, removed: removed) }
    }

    /// What is in the folder.
    func names() throws -> [FilePath.Component] {
        let copy = openat(rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw LaminaError.system(errno, "cannot list a folder") }
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw LaminaError.system(errno, "cannot list a folder")
        }
        defer { closedir(stream) }
        var names: [FilePath.Component] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { FilePath(platformString: $0) }
            }
            if let component = name.lastComponent, component.kind == .regular { names.append(component) }
        }
        return names
    }

    /// False where it stays.
    private func unlink(_ name: FilePath.Component, _ flags: CInt) throws -> Bool {
        guard name.withPlatformString({ unlinkat(rawValue, $0, flags) }) != 0 else { return true }
        let code = errno
        // What is kept keeps the folders above it.
        guard code != ENOENT, code != ENOTEMPTY else { return false }
        throw LaminaError.system(code, "cannot remove \(name)")
    }
}
