import Foundation
import LaminaErrors
import SystemPackage

/// A download that is not finished: kept under the name of its hash for the next run, and used by one at a time. An empty one is not kept.
struct PartialFile: ~Copyable {
    /// Seconds after which one that nobody came back for is removed.
    private static let lifetime: TimeInterval = 7 * 24 * 60 * 60

    let path: FilePath
    let file: FileDescriptor

    /// Opens or begins the file; nil while another is at it.
    init?(_ path: FilePath) throws {
        let folder = path.removingLastComponent()
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            Self.sweep(folder)
            while true {
                let file = try FileDescriptor.open(
                    path, .readWrite, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
                guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                    try? file.close()
                    return nil
                }
                // Whoever had the lock before may have moved the file to its final place.
                if Self.isSame(file, path) {
                    (self.path, self.file) = (path, file)
                    return
                }
                try? file.close()
            }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
    }

    deinit {
        var status = stat()
        if fstat(file.rawValue, &status) == 0, status.st_size == 0, Self.isSame(file, path) { unlink(path.string) }
        try? file.close()
    }

    /// Moves the file to its final place.
    func finish(_ destination: FilePath) throws {
        try FileManager.default.createDirectory(
            atPath: destination.removingLastComponent().string, withIntermediateDirectories: true)
        guard rename(path.string, destination.string) == 0 else { throw LaminaError.system(errno, "cannot write \(destination)") }
    }

    /// Begins anew.
    func empty() throws {
        do {
            try file.resize(to: 0)
            try file.seek(offset: 0, from: .start)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
    }

    private static func isSame(_ file: FileDescriptor, _ path: FilePath) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(file.rawValue, &opened) == 0 && stat(path.string, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }

    private static func sweep(_ folder: FilePath) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
            let path = folder.appending(name).string
            guard let modified = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date,
                Date().timeIntervalSince(modified) > lifetime
            else { continue }
            unlink(path)
        }
    }
}
