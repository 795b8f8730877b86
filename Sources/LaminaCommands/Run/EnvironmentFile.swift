import Foundation
import LaminaErrors

/// A file of environment variables, as Docker and dotenv have them: `NAME=VALUE` a line, `#` before a comment.
///
/// A line may begin with `export`, and a value may stand in quotes, which are left out; nothing else in it is special.
struct EnvironmentFile {
    private(set) var variables: [String: String] = [:]

    /// - Throws: ``LaminaError`` `inputOutput` when the file cannot be read, `invalidArgument` with the line that is no variable.
    init(path: String) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw LaminaError(.inputOutput, "cannot read --env-file \(path) as text", cause: error)
        }
        try self.init(text, name: path)
    }

    init(_ text: String, name: String) throws {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("export ") { line = line.dropFirst(7).trimmingCharacters(in: .whitespaces) }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
                throw LaminaError(.invalidArgument, "\(name), line \(index + 1): '\(line)' is no variable; write it as NAME=VALUE")
            }
            let variable = line[..<equals].trimmingCharacters(in: .whitespaces)
            variables[variable] = Self.unquoted(line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces))
        }
    }

    private static func unquoted(_ value: String) -> String {
        guard value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote else { return value }
        return String(value.dropFirst().dropLast())
    }
}
