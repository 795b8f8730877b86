import Foundation
import SystemPackage

/// A file that only takes room, given up when the disk is full, so that what makes room can still be written.
final class DiskReserve: Sendable {
    private static let size = 1 << 20
    private static let slack = 1 << 18
    /// Free bytes below which a disk counts as nearly full.
    private static let lowWater = 16 << 20

    private let path: FilePath

    init(_ path: FilePath) { self.path = path }

    /// Takes the room, where it is not taken and there is that and a little more; false where it is not to be had.
    func take() -> Bool {
        if access(path.string, F_OK) == 0 { return true }
        guard free >= Self.size + Self.slack,
            let file = try? FileDescriptor.open(
                path, .writeOnly, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        else { return false }
        defer { try? file.close() }
        guard posix_fallocate(file.rawValue, 0, off_t(Self.size)) == 0 else {
            giveUp()
            return false
        }
        return true
    }

    /// False where there was nothing to give up.
    @discardableResult
    func giveUp() -> Bool { unlink(path.string) == 0 }

    var isDiskNearlyFull: Bool { free < Self.lowWater }

    /// Bytes that are free on the disk.
    private var free: Int {
        var status = statvfs()
        guard statvfs(path.removingLastComponent().string, &status) == 0 else { return .max }
        return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
