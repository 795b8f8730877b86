import Foundation
import LaminaErrors
import SystemPackage

/// Where a download goes.
public struct DownloadTarget: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// A file that is made, or replaced as a whole.
        case file(FilePath)
        /// A device or a pipe, which is written and stays what it is.
        case stream(FilePath)
        case standardOutput
    }

    let kind: Kind
    /// The path as people are told it.
    public let description: String

    /// - Parameters:
    ///   - text: A path, or `-` for the standard output. A symlink is followed, and in a folder a file is made.
    ///   - name: The file's name where the path is a folder.
    /// - Throws: ``LaminaError`` naming the path when it can never be written.
    public init(_ text: String, nameInFolder name: String) throws {
        guard text != "-" else {
            (kind, description) = (.standardOutput, "the standard output")
            return
        }
        var path = text
        var type = try Self.type(of: path)
        if type == S_IFDIR {
            path = FilePath(text).appending(name).string
            type = try Self.type(of: path)
        } else if type == nil, text.hasSuffix("/") {
            throw LaminaError(.notFound, "cannot write \(text): there is no such folder")
        }
        description = path
        switch type {
        case nil: kind = .file(try Self.target(ofLink: path))
        case S_IFREG?:
            guard access(path, W_OK) == 0 else { throw LaminaError.system(errno, "cannot write \(path)") }
            kind = .file(try Self.target(ofLink: path))
        case S_IFDIR?: throw LaminaError(.inputOutput, "cannot write \(path): it is a folder")
        default: kind = .stream(FilePath(path))
        }
    }

    /// Whether the bytes go where a command's result would go.
    public var isStandardOutput: Bool { kind == .standardOutput }

    /// A file of one's own.
    package init(file: FilePath) { (kind, description) = (.file(file), file.string) }

    /// The kind of file at a path, behind symlinks; nil where there is none.
    private static func type(of path: String) throws -> mode_t? {
        var info = stat()
        if stat(path, &info) == 0 { return info.st_mode & S_IFMT }
        guard errno == ENOENT else { throw LaminaError.system(errno, "cannot write \(path)") }
        return nil
    }

    /// The path that symlinks lead to, where there may be nothing yet: a link shall stay a link.
    private static func target(ofLink path: String) throws -> FilePath {
        var path = FilePath(path)
        // As many as Linux follows.
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path.string) else { return path }
            path = path.removingLastComponent().pushing(FilePath(next))
        }
        throw LaminaError.system(ELOOP, "cannot write \(path)")
    }
}

extension DownloadTarget: CustomStringConvertible {}
