/// Python source as its tokenizer sees it, roughly.
enum PythonSource {
    /// The statements of a source, one a string with its indentation: comments gone, strings empty, lines joined inside brackets.
    static func statements(of source: String) -> [String] {
        var statements: [String] = []
        var current: [UInt8] = []
        var depth = 0
        var bytes = Array(source.utf8)[...]
        func flush() {
            if current.contains(where: { $0 != space && $0 != tab }) { statements.append(String(decoding: current, as: UTF8.self)) }
            current = []
        }
        while let byte = bytes.first {
            switch byte {
            case UInt8(ascii: "#"): bytes = bytes.drop { $0 != newline }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                bytes = afterString(bytes)
                current += Array("\"\"".utf8)
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                current.append(byte)
                bytes = bytes.dropFirst()
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth = max(0, depth - 1)
                current.append(byte)
                bytes = bytes.dropFirst()
            case UInt8(ascii: "\\") where bytes.dropFirst().first == newline: bytes = bytes.dropFirst(2)
            case newline, UInt8(ascii: "\r"):
                if depth == 0 { flush() } else { current.append(space) }
                bytes = bytes.dropFirst()
            default:
                current.append(byte)
                bytes = bytes.dropFirst()
            }
        }
        flush()
        return statements
    }

    private static let newline = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")

    /// What follows the string literal that the bytes begin with.
    private static func afterString(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let quote = bytes.first else { return bytes }
        let isLong = bytes.prefix(3).count == 3 && bytes.prefix(3).allSatisfy { $0 == quote }
        var rest = bytes.dropFirst(isLong ? 3 : 1)
        while let byte = rest.first {
            if byte == UInt8(ascii: "\\") {
                rest = rest.dropFirst(2)
            } else if byte == quote, !isLong || rest.prefix(3).count == 3 && rest.prefix(3).allSatisfy({ $0 == quote }) {
                return rest.dropFirst(isLong ? 3 : 1)
            } else if byte == newline, !isLong {
                return rest
            } else {
                rest = rest.dropFirst()
            }
        }
        return rest
    }
}
