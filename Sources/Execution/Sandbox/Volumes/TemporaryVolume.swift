import CLinux
import Foundation
import LaminaErrors
import Storage
import SystemPackage

/// The file system that an execution environment has at /tmp, of the function's EphemeralStorage size. It outlives a sandbox.
struct TemporaryVolume: Sendable {
    /// Where its files are kept.
    enum Kind: Sendable {
        /// In a file of the disk, as an ext4: what it takes is no function's memory.
        case disk
        /// In memory, as a tmpfs.
        case memory
    }

    /// The folder to bind at /tmp.
    let path: FilePath
    let kind: Kind

    /// Mounts a copy of a volume, which takes some milliseconds of waiting.
    ///
    /// - Parameters:
    ///   - path: An empty folder.
    ///   - template: An ext4 as ``VolumeTemplates`` makes them.
    init(at path: FilePath, copyOf template: FilePath) throws {
        self.path = path
        kind = .disk
        let image = FilePath(path.string + ".ext4")
        let source = try Self.open(template, .readOnly, [])
        defer { try? source.close() }
        let copy = try Self.open(image, .readWrite, [.create, .exclusiveCreate])
        // The loop device keeps the file: by its name no one needs it, and then nothing has to be removed.
        defer {
            try? copy.close()
            unlink(image.string)
        }
        var status = stat()
        guard fstat(source.rawValue, &status) == 0, ftruncate(copy.rawValue, status.st_size) == 0,
            clinux_copy_sparse(source.rawValue, copy.rawValue) == 0
        else { throw LaminaError.system(errno, "cannot copy \(template)") }
        try Self.mount(copy, at: path)
    }

    /// Mounts a new one in memory.
    ///
    /// - Parameter size: Bytes.
    init(at path: FilePath, inMemory size: Int) throws {
        self.path = path
        kind = .memory
        guard clinux_mount_volume("tmpfs", path.string, "tmpfs", "size=\(size),mode=1777") == 0 else {
            throw LaminaError.system(errno, "cannot mount a file system in memory at \(path)")
        }
    }

    /// Unmounts it, and its files are gone.
    func remove() async {
        try? await onBlockingThread {
            switch kind {
            case .disk: _ = clinux_discard_volume(path.string)
            case .memory: _ = clinux_unmount(path.string)
            }
        }
    }

    /// Mounts an image by a loop device, which ends with the mount.
    static func mount(_ image: FileDescriptor, at path: FilePath) throws {
        var number: CInt = 0
        let device = clinux_attach_loop(image.rawValue, &number)
        guard device >= 0 else { throw LaminaError.system(errno, "cannot have a loop device") }
        defer { close(device) }
        // Else a thread of the kernel would write empty tables of inodes for as long as it takes.
        guard clinux_mount_volume("/dev/loop\(number)", path.string, "ext4", "noinit_itable") == 0 else {
            throw LaminaError.system(errno, "cannot mount a volume at \(path)")
        }
    }

    static func open(
        _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions
    ) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, mode, options: options.union(.closeOnExec), permissions: .ownerReadWrite)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot open \(path)")
        }
    }
}
