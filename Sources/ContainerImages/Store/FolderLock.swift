import Foundation
import LaminaErrors
import SystemPackage

/// A lock on a root file system (flock(2)), which ends with the process at the latest.
public final class FolderLock: Sendable {
    private let descriptor: FileDescriptor

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

    /// What to tell of a root file system that is not there any more.
    public static func missing(_ path: FilePath) -> LaminaError {
        LaminaError(.notFound, "the root file system \(path) is not there; add the runtime again (lamina runtime add)")
    }
}
