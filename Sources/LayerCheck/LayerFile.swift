import LaminaErrors
import ZipArchive

/// One file, folder or symlink of a layer, wherever its bytes are.
public struct LayerFile: Sendable {
    /// The name at /opt, without a slash at either end.
    public var path: String { content.path }
    public var kind: ZipEntry.Kind
    /// The Unix permission bits.
    public var permissions: UInt16
    /// Where its bytes are. What a special file holds is not read.
    public var content: ZipContent

    /// Bytes when unzipped.
    public var size: Int { kind == .file ? content.size : 0 }

    /// Bytes in the zip, where it is in one already.
    public var zippedSize: Int? {
        if case .transplant(_, let entry) = content.source { return entry.compressedSize }
        return nil
    }

    /// An entry that a build is about to write.
    public init(_ content: ZipContent) {
        self.content = content
        kind = content.kind
        permissions = content.isExecutable || content.kind != .file ? 0o755 : 0o644
    }

    /// An entry of a zip.
    public init(_ entry: ZipEntry, in zip: ZipReader) {
        let path = entry.path.hasSuffix("/") ? String(entry.path.dropLast()) : entry.path
        content = ZipContent(
            path: path, isExecutable: entry.permissions & 0o111 != 0,
            source: entry.kind == .directory ? .directory : .transplant(zip, entry))
        kind = entry.kind
        permissions = entry.permissions
    }

    /// Something in a folder.
    package init(_ item: FolderWalk.Item) {
        let source: ZipContent.Source =
            switch item.kind {
            case .directory: .directory
            case .symbolicLink: .symbolicLink(item.target ?? "")
            default: .file(item.location, size: item.size)
            }
        content = ZipContent(path: item.path, isExecutable: item.permissions & 0o111 != 0, source: source)
        kind = item.kind
        permissions = item.permissions
    }

    /// The name's last part.
    package var name: Substring { path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...] }

    /// The file's bytes.
    ///
    /// - Throws: ``LaminaError`` `limitExceeded` beyond `limit` bytes, and whatever hinders the reading.
    package func bytes(limit: Int = 8 << 20) throws -> [UInt8] {
        guard size <= limit else { throw LaminaError(.limitExceeded, "\(path) has \(size) bytes; at most \(limit) are read here") }
        return try content.bytes()
    }

    package func text(limit: Int = 8 << 20) throws -> String { String(decoding: try bytes(limit: limit), as: UTF8.self) }

    /// Where a symlink points.
    package func linkTarget() throws -> String {
        if case .symbolicLink(let target) = content.source { return target }
        return try text(limit: 4096)
    }
}
