import Foundation
import LaminaErrors
import SystemPackage

/// A lock on a file or folder (flock(2)), which ends with the process at the latest.
public final class FolderLock: Sendable {
    private let descriptor: FileDescriptor

    /// Waits until nobody else has the file, which is made where it is not there.
    init(file path: FilePath) throws {
        do {
            descriptor = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot open \(path)")
        }
        while flock(descriptor.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else { throw LaminaError.system(errno, "cannot lock \(path)") }
        }
    }

    /// Takes a folder that nobody uses; nil while somebody does.
    init?(unused path: FilePath) {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) else { return nil }
        self.descriptor = descriptor
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    /// Marks a root file system as used, as long as the lock is kept.
    ///
    /// - Throws: ``LaminaError`` `notFound` where it is not there, or is being removed.
    public init(using path: FilePath) throws {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec]) else {
            throw Self.missing(path)
        }
        self.descriptor = descriptor
        var (opened, named) = (stat(), stat())
        guard flock(descriptor.rawValue, LOCK_SH | LOCK_NB) == 0, fstat(descriptor.rawValue, &opened) == 0,
            stat(path.string, &named) == 0, opened.st_ino == named.st_ino, opened.st_dev == named.st_dev
        else { throw Self.missing(path) }
    }

    deinit { try? descriptor.close() }

    private static func missing(_ path: FilePath) -> LaminaError {
        LaminaError(.notFound, "the root file system \(path) is not there; add the runtime again (lamina runtime add)")
    }
}
