import LambdaModel
import ZipArchive

/// The interpreters that a layer's scripts name in their first line (execve(2)).
struct ScriptCheck {
    /// Programs of every Lambda runtime by their names; those of its own language are in /var/lang/bin.
    private static let system: Set<Substring> = ["bash", "sh", "awk", "gawk", "sed", "env", "cat", "false", "true"]
    /// Where Lambda has them (AWS: facts of the execution environment).
    private static let folders = ["/usr/local/bin/", "/usr/bin/", "/bin/"]

    let tree: LayerTree
    let runtime: Runtime

    func findings() -> [Finding] {
        (tree.files(below: "bin") + tree.files(below: "extensions")).compactMap { file in
            guard file.kind == .file, let words = Self.firstLine(file), let interpreter = words.first, !exists(words) else { return nil }
            let name = words.count > 1 && interpreter.hasSuffix("/env") ? words[1] : interpreter
            return Finding(
                .missingInterpreter, .warning, path: file.path, subject: String(name),
                reason: "is a script for \(name), which \(runtime) has not",
                fix: "put the interpreter into bin/, or name one that Lambda has: /bin/sh\(language.map { ", /var/lang/bin/\($0)" } ?? "")")
        }
    }

    /// The runtime's own interpreter.
    private var language: String? {
        switch runtime.family {
        case .python: "python\(runtime.version)"
        case .nodejs: "node"
        case .ruby: "ruby"
        case .java: "java"
        default: nil
        }
    }

    private func exists(_ words: [Substring]) -> Bool {
        let interpreter = words[0]
        if interpreter.hasPrefix("/opt/") { return tree.resolve(String(interpreter.dropFirst(5))) != nil }
        if interpreter.hasPrefix("/var/lang/bin/") { return isOfLanguage(interpreter.dropFirst("/var/lang/bin/".count)) }
        guard let folder = Self.folders.first(where: interpreter.hasPrefix) else { return false }
        let name = interpreter.dropFirst(folder.count)
        guard name == "env" else { return Self.system.contains(name) }
        // env looks on PATH, which ends in /opt/bin; its own options are passed over.
        guard let wanted = words.dropFirst().first(where: { !$0.hasPrefix("-") }) else { return true }
        return Self.system.contains(wanted) || isOfLanguage(wanted) || tree.resolve("bin/\(wanted)") != nil
    }

    private func isOfLanguage(_ name: Substring) -> Bool {
        runtime.family == .python ? ["python", "python3", "python\(runtime.version)"].contains(name) : language.map { $0 == name } ?? false
    }

    /// The words behind `#!`; nil for what is no script.
    private static func firstLine(_ file: LayerFile) -> [Substring]? {
        guard let start = try? ContentStream().prefix(256, of: file.content), start.starts(with: "#!".utf8) else { return nil }
        return String(decoding: start.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).split { $0 == " " || $0 == "\t" }
    }
}
