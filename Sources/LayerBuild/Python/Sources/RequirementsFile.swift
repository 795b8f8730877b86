import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// A requirements file with all that it includes (pip: "Requirements File Format").
struct RequirementsFile: Sendable {
    private static let fileLimit = 1000

    struct Line: Sendable {
        /// Without comments, and with those joined that end in a backslash.
        var text: String

        /// The words, which blanks part.
        var words: [Substring] { text.split(whereSeparator: \.isWhitespace) }
    }

    private(set) var lines: [Line] = []
    /// Every file that was read, in order.
    private(set) var files: [FilePath] = []

    /// The folder that relative paths of packages count from: the file's, or, as pip has it, the current one where they are only there.
    private(set) var base: FilePath

    init(_ path: FilePath) throws {
        base = path.removingLastComponent()
        try read(path)
        let current = FilePath(FileManager.default.currentDirectoryPath)
        let isThere = { (line: Line, folder: FilePath) in line.localPath.map { BuildCache.exists(folder.resolve($0)) } ?? false }
        if lines.contains(where: { !isThere($0, base) && isThere($0, current) }) { base = current }
    }

    /// The local files and folders that are required.
    var localPaths: [FilePath] { lines.compactMap(\.localPath).map { base.resolve($0) }.filter(BuildCache.exists) }

    private mutating func read(_ path: FilePath) throws {
        guard !files.contains(path) else { return }
        guard files.count < Self.fileLimit else {
            throw LaminaError(.limitExceeded, "\(path): more than \(Self.fileLimit) files are included")
        }
        files.append(path)
        for text in Self.logicalLines(try SourceText.read(path)) {
            let line = Line(text: text)
            lines.append(line)
            if let name = line.value(of: ["-r", "--requirement", "-c", "--constraint"]), !name.contains("://") {
                try read(path.removingLastComponent().resolve(name))
            }
        }
    }

    private static func logicalLines(_ text: String) -> [String] {
        var lines: [String] = []
        var open = ""
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            // A number sign inside a word is part of it, as in a URL's fragment.
            let comment = line.hasPrefix("#") ? line.startIndex : line.range(of: #"\s#"#, options: .regularExpression)?.lowerBound
            let content = line[..<(comment ?? line.endIndex)]
            if comment == nil, content.hasSuffix("\\") {
                open += content.dropLast() + " "
            } else {
                lines.append(open + content)
                open = ""
            }
        }
        return (lines + [open]).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension RequirementsFile.Line {
    /// The value of an option that the line begins with: `-r FILE`, `-rFILE`, `--requirement=FILE`.
    func value(of options: [String]) -> String? {
        guard
            let option = options.first(where: {
                text.hasPrefix($0) && !$0.hasPrefix("--") || words.first?.split(separator: "=").first == $0[...]
            })
        else { return nil }
        let value = text.dropFirst(option.count).drop { $0 == "=" || $0.isWhitespace }
        return value.isEmpty ? nil : value.trimmingCharacters(in: CharacterSet(charactersIn: "\"'").union(.whitespaces))
    }

    /// The name of the required package; nil where the line is an option, a path or a URL.
    var packageName: String? {
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard let first = name.first, first.isLetter || first.isNumber else { return nil }
        let next = text.dropFirst(name.count).first { !$0.isWhitespace }
        guard next.map({ "[=<>!~;@(-".contains($0) }) ?? true else { return nil }
        return PythonName.normalize(name)
    }

    /// The path that the line requires, if it is one: `./pkg[extra]`, `-e pkg`, `name @ file:pkg`, `pkg-1.0.whl`.
    var localPath: String? {
        let words = words.filter { $0 != "-e" && $0 != "--editable" }
        let place =
            packageName == nil || words.count < self.words.count
            ? words.first : words.firstIndex(of: "@").flatMap { words.dropFirst($0 + 1).first }
        let file = words.first.flatMap { word in [".whl", ".tar.gz", ".zip"].contains { word.hasSuffix($0) } ? word : nil }
        guard var place = (place ?? file)?.prefix(while: { $0 != "#" && $0 != "[" }) else { return nil }
        if place.hasPrefix("file:") { place = place.dropFirst(place.hasPrefix("file://") ? 7 : 5) }
        return place.hasPrefix("-") || place.contains("://") || place.isEmpty ? nil : String(place)
    }
}
