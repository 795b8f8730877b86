import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// An event that a command line gives.
struct RunEvent: Sendable {
    private enum Source {
        case file(FilePath)
        case bytes([UInt8])
    }

    /// As errors tell it.
    private let name: String
    private let source: Source

    /// - Parameter text: A file, `-` for the standard input, which is read at once, or JSON.
    /// - Throws: ``LaminaError`` `notFound` for what is none of these; `inputOutput`.
    init(_ text: String) throws {
        name = text == "-" ? "the standard input" : text
        var status = stat()
        if text == "-" {
            source = .bytes(try Self.read(.standardInput, name))
        } else if "{[\"".contains(text.first ?? " ") {
            source = .bytes(Array(text.utf8))
        } else if stat(text, &status) == 0 {
            // A pipe can be read only once.
            let isFile = status.st_mode & S_IFMT == S_IFREG
            source = isFile ? .file(FilePath(text)) : .bytes(try Self.read(FilePath(text)))
        } else if JSONSyntax.flaw(in: text.utf8) == nil {
            source = .bytes(Array(text.utf8))
        } else {
            throw LaminaError(.notFound, "--event \(text) is neither a file nor JSON")
        }
    }

    /// The file, where it is one.
    var file: FilePath? {
        if case .file(let path) = source { path } else { nil }
    }

    /// The event as it is now; `{}` for an empty one, as Lambda takes it.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for what is no JSON, saying where, `limitExceeded` for more than 6 MB.
    func payload() throws -> [UInt8] {
        let bytes =
            switch source {
            case .file(let path): try Self.read(path)
            case .bytes(let bytes): bytes
            }
        guard bytes.count <= Limits.synchronousRequest else {
            throw LaminaError(
                .limitExceeded,
                "--event \(name.prefix(80)): Request must be smaller than \(Limits.synchronousRequest) bytes for the InvokeFunction operation"
            )
        }
        if bytes.isEmpty { return Array("{}".utf8) }
        if let flaw = JSONSyntax.locateFlaw(in: bytes) {
            throw LaminaError(.corrupt, "--event \(name.prefix(80)) is no JSON\(Self.place(flaw.offset, in: bytes)): \(flaw.text)")
        }
        return bytes
    }

    /// Where a byte is, as editors count.
    private static func place(_ offset: Int?, in bytes: [UInt8]) -> String {
        guard let offset else { return "" }
        let lines = bytes.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return " at line \(lines.count), column \(String(decoding: lines.last ?? [], as: UTF8.self).count + 1)"
    }

    private static func read(_ path: FilePath) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter { try read(file, path.string) }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot read --event \(path)")
        }
    }

    /// At most a byte more than an event may have.
    private static func read(_ file: FileDescriptor, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        do {
            while bytes.count <= Limits.synchronousRequest, case let count = try file.read(into: buffer), count > 0 {
                bytes += buffer[..<count]
            }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot read --event \(name)")
        }
        return bytes
    }
}
