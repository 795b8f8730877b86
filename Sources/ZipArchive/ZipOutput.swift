import Checksum
import LaminaErrors
import SystemPackage

/// The growing zip file: a buffer in front of a descriptor, and a digest of all that passes.
final class ZipOutput {
    private static let bufferSize = 1 << 20

    private let file: FileDescriptor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 4096)
    private var used = 0
    private var flushed = 0
    private var running = MessageDigest(.sha256)

    init(_ path: FilePath) throws {
        file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
    }

    deinit { buffer.deallocate() }

    /// Bytes given so far.
    var offset: Int { flushed + used }

    func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(buffer.count - used)
            UnsafeMutableRawBufferPointer(rebasing: buffer[used...]).copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            used += part.count
            rest = rest.dropFirst(part.count)
            if used == buffer.count { try flush() }
        }
    }

    /// Appends a range of another file.
    func copy(_ count: Int, from source: ZipBytes, at start: Int) throws {
        var done = 0
        while done < count {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[used...].prefix(count - done))
            try source.readExactly(into: room, at: start + done)
            used += room.count
            done += room.count
            if used == buffer.count { try flush() }
        }
    }

    private func flush() throws {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<used])
        running.update(bytes)
        do {
            _ = try file.writeAll(bytes)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write the zip")
        }
        flushed += used
        used = 0
    }

    /// Writes what is left and gives the file's size.
    func finish() throws -> Int {
        try flush()
        return flushed
    }

    /// The digest of the finished file. Call once, after ``finish()``.
    func digest() -> SHA256Digest {
        SHA256Digest(finishing: &running)
    }

    func close() { try? file.close() }
}
