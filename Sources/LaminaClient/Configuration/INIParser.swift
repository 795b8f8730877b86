import Foundation
import LaminaErrors

/// Takes the lines of a configuration file one after another, by the rules of Python's RawConfigParser.
struct INIParser {
    /// A setting whose further lines may still come.
    private struct Setting {
        var name: String
        var indentation: Int
        var lines: [(number: Int, text: String)]
    }

    private let file: String
    private var number = 0
    private var sections: [(name: String, settings: INIFile.Section)] = []
    private var section: Int?
    private var setting: Setting?

    init(file: String) { self.file = file }

    /// Takes the next line.
    mutating func read(_ line: Substring) throws {
        number += 1
        let text = line.trimmingCharacters(in: .whitespaces.union(.controlCharacters))
        if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { return }
        let indentation = line.prefix { $0 == " " || $0 == "\t" }.count
        if let current = setting, indentation > current.indentation {
            setting?.lines.append((number, text))
            return
        }
        try close()
        if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
            open(String(text[text.index(after: text.startIndex)..<end]))
        } else if section == nil {
            throw failure(number, "comes before any [section]")
        } else if let delimiter = text.firstIndex(where: { $0 == "=" || $0 == ":" }) {
            let name = text[..<delimiter].trimmingCharacters(in: .whitespaces).lowercased()
            let value = text[text.index(after: delimiter)...].trimmingCharacters(in: .whitespaces)
            setting = Setting(name: name, indentation: indentation, lines: [(number, value)])
        } else {
            throw failure(number, "is neither a [section] nor NAME = VALUE")
        }
    }

    /// All sections, once the last line is read.
    mutating func finish() throws -> [(name: String, settings: INIFile.Section)] {
        try close()
        return sections
    }

    private mutating func open(_ name: String) {
        if let known = sections.firstIndex(where: { $0.name == name }) {
            section = known
        } else {
            sections.append((name, [:]))
            section = sections.count - 1
        }
    }

    private mutating func close() throws {
        guard let setting, let section else { return }
        self.setting = nil
        if setting.lines.count > 1, setting.lines[0].text.isEmpty {
            var nested: [String: String] = [:]
            for line in setting.lines.dropFirst() {
                guard let delimiter = line.text.firstIndex(of: "=") else { throw failure(line.number, "is not NAME = VALUE") }
                let name = line.text[..<delimiter].trimmingCharacters(in: .whitespaces)
                nested[name] = line.text[line.text.index(after: delimiter)...].trimmingCharacters(in: .whitespaces)
            }
            sections[section].settings[setting.name] = .nested(nested)
        } else {
            sections[section].settings[setting.name] = .text(setting.lines.map(\.text).joined(separator: "\n"))
        }
    }

    private func failure(_ line: Int, _ reason: String) -> LaminaError {
        LaminaError(.corrupt, "\(file): line \(line) \(reason)")
    }
}
