/// Percent-encoding as SigV4 wants it: all but the unreserved characters of RFC 3986, in upper-case hexadecimal.
public enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// - Parameter keepingSlashes: As in a path.
    public static func encode(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "/") where keepingSlashes:
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The decoded text; a `%` without two digits stands for itself, and what is no UTF-8 is replaced.
    public static func decode(_ text: some StringProtocol) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        return String(decoding: bytes(text).decoded, as: UTF8.self)
    }

    /// The decoded text; nil for a `%` without two digits, for what is no UTF-8, and for a NUL.
    public static func decodeText(_ text: some StringProtocol) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == 0 }) else { return String(text) }
        let (bytes, isWellFormed) = bytes(text)
        return isWellFormed && !bytes.contains(0) ? String(validating: bytes, as: UTF8.self) : nil
    }

    private static func bytes(_ text: some StringProtocol) -> (decoded: [UInt8], isWellFormed: Bool) {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var isWellFormed = true
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count, let high = value(source[index + 1]),
                let low = value(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                if source[index] == UInt8(ascii: "%") { isWellFormed = false }
                bytes.append(source[index])
                index += 1
            }
        }
        return (bytes, isWellFormed)
    }

    private static func value(_ digit: UInt8) -> UInt8? { Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init) }
}

/// A query string's pairs, decoded, in their order.
public struct QueryItems: Sendable {
    /// In the order of the query, decoded.
    public let pairs: [(name: String, value: String)]
    /// Whether all of it is well-formed percent-encoding of UTF-8 without a NUL.
    public let isText: Bool

    /// - Parameter plusIsSpace: As in `application/x-www-form-urlencoded` bodies.
    public init(_ query: some StringProtocol, plusIsSpace: Bool = false) {
        func decode(_ text: Substring) -> String {
            PercentEncoding.decode(plusIsSpace ? Substring(text.map { $0 == "+" ? " " : $0 }) : text)
        }
        isText = PercentEncoding.decodeText(query) != nil
        pairs = String(query).split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    /// The first value of a name.
    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }
}
