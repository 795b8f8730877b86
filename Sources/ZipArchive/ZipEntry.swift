/// One record of a zip's central directory.
public struct ZipEntry: Sendable, Hashable {
    /// What the entry becomes on disk.
    public enum Kind: Sendable, Hashable {
        case file, directory, symbolicLink
        /// A device, pipe or socket by its Unix mode: never extracted.
        case special
    }

    /// The name as written, with `/` between parts; a directory's ends in `/`.
    public let path: String
    public let kind: Kind
    /// The Unix permission bits; 0644, or 0755 for directories, where the zip says nothing.
    public let permissions: UInt16
    public let method: Method
    public let isEncrypted: Bool
    public let crc32: UInt32
    /// Bytes in the zip.
    public let compressedSize: Int
    /// Bytes when inflated.
    public let size: Int
    let localHeaderOffset: Int

    /// APPNOTE 4.4.5.
    public enum Method: Sendable, Hashable {
        case stored, deflated
        case other(UInt16)

        init(code: UInt16) {
            switch code {
            case 0: self = .stored
            case 8: self = .deflated
            default: self = .other(code)
            }
        }
    }
}
