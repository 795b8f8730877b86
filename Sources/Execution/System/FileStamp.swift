import Foundation
import SystemPackage

/// A file's or folder's state, which another is compared with to see whether it has changed.
struct FileStamp: Sendable, Hashable, CustomStringConvertible {
    private let path: String
    /// Nil where nothing is.
    private let state: State?

    private struct State: Hashable {
        var device: dev_t
        var inode: ino_t
        var size: off_t
        var seconds: time_t
        var nanoseconds: Int
    }

    /// - Parameter path: Links are followed.
    init(_ path: String) {
        self.path = path
        var status = stat()
        state =
            stat(path, &status) == 0
            ? State(
                device: status.st_dev, inode: status.st_ino, size: status.st_size, seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec) : nil
    }

    init(_ path: FilePath) { self.init(path.string) }

    var isCurrent: Bool { Self(path) == self }

    /// The same text for the same state, also in another process, wherever the file system is mounted.
    var description: String { state.map { "\(path) \($0.size) \($0.seconds).\($0.nanoseconds)" } ?? path }
}
