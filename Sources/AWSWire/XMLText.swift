/// Elements of S3's and the query protocol's XML answers.
public enum XMLText {
    /// An element with text inside, escaped.
    public static func element(_ name: String, _ text: String) -> String { "<\(name)>\(escape(text))</\(name)>" }

    /// An element with elements inside.
    public static func element(_ name: String, namespace: String? = nil, _ children: [String]) -> String {
        "<\(name)\(namespace.map { " xmlns=\"\($0)\"" } ?? "")>\(children.joined())</\(name)>"
    }

    /// A whole document.
    public static func document(_ root: String) -> String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root }

    /// Text with what XML means otherwise written as references.
    ///
    /// XML 1.0 knows no way to write most control characters. Like S3, this writes their references all the same; a client that has
    /// such keys asks for them in another encoding.
    public static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\0"..." ", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}":
                escaped += scalar == " " ? " " : "&#x\(String(scalar.value, radix: 16, uppercase: true));"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
