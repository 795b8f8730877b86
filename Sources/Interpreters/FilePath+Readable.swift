import Foundation
import LaminaErrors
import SystemPackage

extension FilePath {
    /// Lets all users read a folder and what is in it, whatever the umask was: its folders and programs are 0755 then, its other files 0644.
    ///
    /// For what sandboxes see, whose users are others than this process's. Links stay as they are.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` where a mode cannot be changed.
    package func makeReadable() throws {
        try setReadable(self)
        guard let names = FileManager.default.enumerator(atPath: string) else { return }
        for case let name as String in names { try setReadable(appending(name)) }
    }
}

private func setReadable(_ path: FilePath) throws {
    var status = stat()
    guard lstat(path.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(path)") }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFDIR || kind == S_IFREG else { return }
    let mode: mode_t = kind == S_IFDIR || status.st_mode & S_IXUSR != 0 ? 0o755 : 0o644
    guard status.st_mode & 0o7777 == mode || chmod(path.string, mode) == 0 else {
        throw LaminaError.system(errno, "cannot let others read \(path)")
    }
}
