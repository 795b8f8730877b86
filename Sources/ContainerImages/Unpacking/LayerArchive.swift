import CArchive
import Foundation
import LaminaErrors
import SystemPackage

/// The entries of a layer's tar one after another, read by libarchive. Nothing is written to the disk here.
///
/// Used by one thread at a time.
final class LayerArchive {
    struct Entry {
        enum Kind: Hashable {
            case file, directory
            case symlink(target: FilePath)
            case hardlink(target: FilePath)
            /// Devices, pipes and sockets.
            case special
        }

        /// Below the root, without `.` and `..`; empty for the root itself.
        var path: FilePath
        var kind: Kind
        /// Of the permissions, with the bits that change the user and the group.
        var mode: mode_t
        var modified: timespec
        /// Bytes of a file, with its holes.
        var size: Int
    }

    private let archive: OpaquePointer?
    private let stream: DecompressedStream
    private let name: String

    init(_ path: FilePath, name: String, limit: Int) throws {
        let stream = try DecompressedStream(path, name: name, limit: limit)
        (self.name, self.stream, archive) = (name, stream, archive_read_new())
        archive_read_support_format_tar(archive)
        let result = archive_read_open(
            archive, Unmanaged.passUnretained(stream).toOpaque(), nil,
            { _, context, bytes in
                guard let context, let next = Unmanaged<DecompressedStream>.fromOpaque(context).takeUnretainedValue().nextOfTar() else {
                    return -1
                }
                bytes?.pointee = next.baseAddress
                return next.count
            }, nil)
        guard result == ARCHIVE_OK else { throw failure() }
    }

    deinit { archive_read_free(archive) }

    /// The next entry, nil at the end.
    ///
    /// - Throws: ``LaminaError`` `unsafe` for a name that leads out of the root.
    func next() throws -> Entry? {
        try Task.checkCancellation()
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK, ARCHIVE_WARN: break
        default: throw failure()
        }
        guard let text = archive_entry_pathname(entry) else {
            throw LaminaError(.corrupt, "\(name) has an entry whose name cannot be read")
        }
        return Entry(
            path: try normalized(text), kind: try kind(entry), mode: archive_entry_perm(entry) & 0o7777,
            modified: timespec(tv_sec: archive_entry_mtime(entry), tv_nsec: archive_entry_mtime_nsec(entry)),
            size: max(0, Int(archive_entry_size(entry))))
    }

    /// The next bytes of the entry that came last, empty at its end; holes are zeros.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> UnsafeRawBufferPointer {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw failure() }
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    /// Bytes of the tar so far.
    var bytes: Int { stream.count }

    /// The digest of the whole tar. Call once, at the end.
    func finish() throws -> ImageDigest { try stream.finish() }

    private func kind(_ entry: OpaquePointer?) throws -> Entry.Kind {
        if let target = archive_entry_hardlink(entry) { return .hardlink(target: try normalized(target)) }
        switch archive_entry_filetype(entry) & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK:
            guard let target = archive_entry_symlink(entry) else {
                throw LaminaError(.corrupt, "\(name) has a link that leads nowhere")
            }
            return .symlink(target: FilePath(platformString: target))
        default: return .special
        }
    }

    /// The names of a tar are those below the root, with a slash before them or not.
    private func normalized(_ text: UnsafePointer<CChar>) throws -> FilePath {
        var path = FilePath()
        for component in FilePath(platformString: text).components {
            switch component.kind {
            case .regular: path.append(component)
            case .currentDirectory: continue
            case .parentDirectory:
                throw LaminaError(
                    .unsafe, "\(name) has an entry with the name \(FilePath(platformString: text)), which leads out of the root")
            }
        }
        return path
    }

    private func failure() -> LaminaError {
        if let failure = stream.failure { return failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "it is cut short"
        return LaminaError(.corrupt, "cannot unpack \(name): \(reason)")
    }
}
