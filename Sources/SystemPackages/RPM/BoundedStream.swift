import CLinux
import CSolv
import Glibc
import LaminaErrors
import SystemPackage

/// A C stream of a file's text, whatever it is compressed with, which fails after so many bytes.
///
/// libsolv reads a stream to its end, and a few kilobytes can unpack to many gigabytes.
struct BoundedStream: ~Copyable {
    /// The stream to read from.
    let stream: UnsafeMutablePointer<FILE>
    private let left: UnsafeMutablePointer<Int>

    /// - Parameter limit: Bytes of text.
    /// - Throws: ``LaminaError`` `inputOutput` where the file cannot be opened, or is compressed in a way that libsolv does not know.
    init(_ path: FilePath, limit: Int) throws {
        guard let text = solv_xfopen(path.string, "r") else { throw LaminaError.system(errno, "cannot read \(path)") }
        let left = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        left.initialize(to: limit)
        guard let stream = clinux_bounded_stream(text, left) else {
            let code = errno
            fclose(text)
            left.deallocate()
            throw LaminaError.system(code, "cannot read \(path)")
        }
        self.stream = stream
        self.left = left
    }

    /// Whether the text was longer than the limit.
    var isExhausted: Bool { left.pointee == 0 }

    deinit {
        fclose(stream)
        left.deallocate()
    }
}
