import Foundation
import SystemPackage

/// Which file or folder there is at a path, whatever its state and whatever path led to it.
package struct FileIdentity: Sendable, Hashable {
    private let device: dev_t
    private let inode: ino_t

    /// Nil where nothing is. Links are followed.
    package init?(_ path: FilePath) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        (device, inode) = (status.st_dev, status.st_ino)
    }
}
