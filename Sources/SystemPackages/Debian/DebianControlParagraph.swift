/// A paragraph of a control file: fields by name (Debian Policy 5.1).
struct DebianControlParagraph: Sendable {
    private var fields: [String: String] = [:]

    /// A field's text; the lines after its first are kept, without their indentation.
    subscript(name: String) -> String? { fields[name.lowercased()] }

    /// The paragraphs of a text, which empty lines separate. Lines that are no field are passed over.
    static func parse(_ text: String) -> [DebianControlParagraph] {
        var paragraphs: [DebianControlParagraph] = []
        var current = DebianControlParagraph()
        var field: String?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) {
                if !current.fields.isEmpty { paragraphs.append(current) }
                current = DebianControlParagraph()
                field = nil
            } else if line.first?.isWhitespace == true {
                if let field { current.fields[field, default: ""] += "\n" + line.trimmingPrefix(while: \.isWhitespace) }
            } else if let colon = line.firstIndex(of: ":") {
                let name = line[..<colon].lowercased()
                current.fields[name] = String(line[line.index(after: colon)...].trimmingPrefix(while: \.isWhitespace))
                field = name
            }
        }
        if !current.fields.isEmpty { paragraphs.append(current) }
        return paragraphs
    }
}
