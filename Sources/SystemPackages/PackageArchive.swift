import CArchive
import Foundation
import LaminaErrors
import SystemPackage

/// The entries of a package's archive one after another, read by libarchive: an .rpm's cpio, or the ar and tar of a .deb.
///
/// Nothing goes to the disk but what the reader asks for, so that no name or link in the archive leads anywhere.
struct PackageArchive: ~Copyable {
    /// Entries that an archive may have.
    private static let entryLimit = 200_000

    enum Format {
        case rpm
        /// The outer archive of a .deb, with `data.tar.xz` in it.
        case ar
        case tar
    }

    struct Entry {
        enum Kind: Hashable {
            case file, directory, other
            case symlink(target: String)
            case hardlink(target: String, hasBytes: Bool)
        }

        /// As the archive has it: `./usr/lib64/libm.so.6`.
        var path: String
        var kind: Kind
    }

    private let archive: OpaquePointer?
    private let name: String
    private var count = 0
    private var entry: OpaquePointer?

    /// - Parameter name: What people call the package.
    /// - Throws: ``LaminaError`` `corrupt` where the file is of another format.
    init(_ path: FilePath, _ format: Format, name: String) throws {
        self.name = name
        archive = archive_read_new()
        // Not all that libarchive knows: for some it would start programs.
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        archive_read_support_filter_lzma(archive)
        archive_read_support_filter_zstd(archive)
        switch format {
        case .rpm:
            archive_read_support_filter_rpm(archive)
            archive_read_support_format_cpio(archive)
        case .ar: archive_read_support_format_ar(archive)
        case .tar: archive_read_support_format_tar(archive)
        }
        guard archive_read_open_filename(archive, path.string, 1 << 16) == ARCHIVE_OK else { throw failure() }
    }

    deinit { archive_read_free(archive) }

    /// The next entry, nil at the end.
    mutating func next() throws -> Entry? {
        while true {
            try Task.checkCancellation()
            switch archive_read_next_header(archive, &entry) {
            case ARCHIVE_EOF: return nil
            case ARCHIVE_OK, ARCHIVE_WARN: break
            default: throw failure()
            }
            count += 1
            guard count <= Self.entryLimit else {
                throw LaminaError(.limitExceeded, "\(name) has more than \(Self.entryLimit) entries")
            }
            if let path = archive_entry_pathname(entry) { return Entry(path: String(cString: path), kind: kind) }
        }
    }

    private var kind: Entry.Kind {
        if let target = archive_entry_hardlink(entry) {
            return .hardlink(target: String(cString: target), hasBytes: archive_entry_size(entry) > 0)
        }
        switch archive_entry_filetype(entry) & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK: return archive_entry_symlink(entry).map { .symlink(target: String(cString: $0)) } ?? .other
        default: return .other
        }
    }

    /// Writes the bytes of the entry that came last to a new file.
    ///
    /// - Parameter budget: Bytes that may be written, less by those that were.
    /// - Throws: ``LaminaError`` `limitExceeded` where the budget does not suffice.
    func copy(to target: FilePath, budget: inout Int) throws {
        do {
            try FileManager.default.createDirectory(atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
            let file = try FileDescriptor.open(
                target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
            try file.closeAfter {
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
                defer { buffer.deallocate() }
                while true {
                    let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
                    guard count >= 0 else { throw failure() }
                    guard count > 0 else { return }
                    guard count <= budget else { throw LaminaError(.limitExceeded, "\(name) unpacks to more than is allowed") }
                    budget -= count
                    try file.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.inputOutput, "cannot write \(target)", cause: error)
        }
    }

    private func failure() -> LaminaError {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "it is cut short"
        return LaminaError(.corrupt, "cannot unpack \(name): \(reason)")
    }
}
