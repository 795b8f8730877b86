import Foundation

/// The import statements of a Python module, told apart by whether the module does without them.
///
/// Read line by line, as far as that goes: strings and comments are passed over, statements joined over parentheses.
package struct PythonImports {
    package struct Import: Hashable {
        /// The dotted name of what may be a module.
        package var module: String
        /// Whether the module goes on when the import fails, or may never come to it.
        package var isOptional: Bool
    }

    private struct Line {
        var indent: Int
        var text: Substring
    }

    package private(set) var imports: Set<Import> = []

    /// - Parameters:
    ///   - source: The module's text.
    ///   - package: The dotted name of the package that relative imports count from.
    package init(_ source: String, package: String) {
        let lines = PythonSource.statements(of: source).map { statement in
            let text = statement.drop { $0 == " " || $0 == "\t" }
            return Line(indent: statement.count - text.count, text: text)
        }
        for (index, line) in lines.enumerated() where line.text.hasPrefix("import ") || line.text.hasPrefix("from ") {
            let isOptional = Self.isOptional(index, in: lines)
            for module in Self.modules(line.text, package: package) { imports.insert(Import(module: module, isOptional: isOptional)) }
        }
    }

    /// Whether a block around the line keeps a failed import from failing the module.
    private static func isOptional(_ index: Int, in lines: [Line]) -> Bool {
        var indent = lines[index].indent
        var line = index
        while indent > 0, line > 0 {
            line -= 1
            guard lines[line].indent < indent else { continue }
            indent = lines[line].indent
            let header = lines[line].text
            if header.hasPrefix("class ") || header.hasPrefix("with ") { continue }
            if header.hasPrefix("try"), handlersRaise(from: line, in: lines) { continue }
            return true
        }
        return false
    }

    /// Whether what follows a `try` raises again.
    private static func handlersRaise(from start: Int, in lines: [Line]) -> Bool {
        let indent = lines[start].indent
        var isHandler = false
        var hasHandler = false
        for line in lines[(start + 1)...] {
            if line.indent < indent { break }
            if line.indent == indent {
                isHandler = line.text.hasPrefix("except")
                hasHandler = hasHandler || isHandler
                guard isHandler || line.text.hasPrefix("else") || line.text.hasPrefix("finally") else { break }
                if isHandler, line.text.contains(": raise") { return true }
            } else if isHandler, line.text.hasPrefix("raise") {
                return true
            }
        }
        return !hasHandler
    }

    /// What a statement imports: `import a.b, c` and `from .a import b, c`.
    private static func modules(_ statement: Substring, package: String) -> [String] {
        func names(_ list: Substring) -> [Substring] {
            list.split(separator: ",").compactMap { $0.split { " ()\t\n\\".contains($0) }.first }
        }
        if statement.hasPrefix("import ") { return names(statement.dropFirst(7)).map(String.init) }
        let words = statement.dropFirst(5)
        guard let keyword = words.range(of: " import") else { return [] }
        let origin = words[..<keyword.lowerBound].filter { $0 != " " }
        let level = origin.prefix { $0 == "." }.count
        var base = package.split(separator: ".")
        guard level <= base.count else { return [] }
        base = level == 0 ? [] : Array(base.dropLast(level - 1))
        let module = (base + origin.dropFirst(level).split(separator: ".")).joined(separator: ".")
        let inside = names(words[keyword.upperBound...]).map { module.isEmpty ? String($0) : "\(module).\($0)" }
        return (module.isEmpty ? [] : [module]) + inside
    }
}
