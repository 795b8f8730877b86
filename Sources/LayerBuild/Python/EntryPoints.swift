import Foundation

/// The `console_scripts` and `gui_scripts` of a dist-info's entry_points.txt (PyPA: "Entry points specification").
struct EntryPoints {
    struct Script: Hashable {
        var name: String
        var module: String
        /// The dotted path of the function inside the module.
        var function: String

        /// The script's text, as pip writes it.
        func text(interpreter: String) -> String {
            let imported = function.split(separator: ".").first.map(String.init) ?? function
            return """
                #!\(interpreter)
                import sys
                from \(module) import \(imported)
                if __name__ == '__main__':
                    sys.exit(\(function)())

                """
        }
    }

    private(set) var scripts: [Script] = []

    init(_ text: String) {
        var isScriptSection = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("[") {
                isScriptSection = ["[console_scripts]", "[gui_scripts]"].contains(line)
            } else if isScriptSection, let script = Self.script(line) {
                scripts.append(script)
            }
        }
    }

    /// `name = module:function [extras]`, with a name that is a file's.
    private static func script(_ line: String) -> Script? {
        guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
        let name = line[..<equals].trimmingCharacters(in: .whitespaces)
        let object = line[line.index(after: equals)...].prefix { $0 != "[" }.trimmingCharacters(in: .whitespaces)
        let parts = object.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2, !name.isEmpty, !name.contains("/"), name != ".", name != "..",
            parts.allSatisfy({ $0.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isIdentifier) })
        else { return nil }
        return Script(name: name, module: parts[0], function: parts[1])
    }

    private static func isIdentifier(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
