import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// What a program tells of itself when it is asked whether it is the interpreter of a family of runtimes.
public struct InterpreterIdentity: Sendable, Hashable {
    /// The interpreter itself, whatever link, shim or virtual environment led to it.
    public let executable: FilePath
    /// Such as `3.13.2`; of Java before 9 `1.8.0_392`.
    public let version: String
    /// Of Ruby RbConfig's `prefix`, `rubylibprefix` and `rubyarchdir`; of others none.
    var folders: [FilePath] = []

    /// How long a program may take to answer.
    private static let timeLimit = Duration.seconds(20)

    /// Starts the program, which says its version and where it lies.
    ///
    /// - Throws: ``LaminaError`` `invalidArgument` when it is no such interpreter, `unsupported` for a family without interpreters,
    ///   `toolFailed` when it does not start or does not answer.
    public static func ask(_ program: FilePath, family: Runtime.Family) async throws -> Self {
        let question = try Question(family)
        let tool = ExternalTool(name: question.language, executable: program, environment: Question.environment)
        let failure = LaminaError(.toolFailed, "\(program) does not tell its version within \(timeLimit)")
        let answer = try await TimeLimit.run(timeLimit, else: failure) { try await tool.answer(question.arguments) }
        guard answer.isSuccess, let identity = question.identity(answer, of: program) else {
            throw LaminaError(.invalidArgument, "\(program) is no \(question.language) interpreter")
        }
        return identity
    }
}

/// How a language's interpreter is asked, and how its answer is read.
private struct Question {
    let language: String
    let arguments: [String]
    private let family: Runtime.Family

    /// What would change the answer, or add to it.
    static let environment: [String: String?] = [
        "JAVA_TOOL_OPTIONS": nil, "JDK_JAVA_OPTIONS": nil, "NODE_OPTIONS": nil, "RUBYLIB": nil, "RUBYOPT": nil, "_JAVA_OPTIONS": nil,
        "LC_ALL": "C",
    ]

    init(_ family: Runtime.Family) throws {
        self.family = family
        guard let name = family.languageName else {
            throw LaminaError(.unsupported, "\(family.rawValue) runtimes have no interpreter")
        }
        language = name
        switch family {
        case .python:
            let script = "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3], sys.base_prefix)"
            arguments = ["-I", "-S", "-c", script]
        case .nodejs:
            arguments = ["-p", "[process.release.name, process.version.slice(1), process.execPath].join(' ')"]
        case .ruby:
            let folders = "puts %w[prefix rubylibprefix rubyarchdir].map { |name| RbConfig::CONFIG[name] }"
            let script = "puts [RUBY_ENGINE, RUBY_VERSION, RbConfig.ruby].join(' '); \(folders)"
            arguments = ["--disable=gems", "-rrbconfig", "-e", script]
        case .java: arguments = ["-XshowSettings:properties", "-version"]
        case .provided, .dotnet, .go: arguments = []
        }
    }

    func identity(_ answer: ExternalTool.Answer, of program: FilePath) -> InterpreterIdentity? {
        if family == .java { return java(answer.error, program) }
        let lines = answer.text.split(whereSeparator: \.isNewline)
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3, let numbers = words[1].split(separator: ".").first, Int(numbers) != nil, words[2].hasPrefix("/") else {
            return nil
        }
        switch (family, words[0]) {
        case (.python, "cpython"):
            let name = words[1].split(separator: ".").prefix(2).joined(separator: ".")
            return InterpreterIdentity(executable: FilePath(words[2]).appending("bin/python\(name)"), version: words[1])
        case (.nodejs, "node"): return InterpreterIdentity(executable: FilePath(words[2]), version: words[1])
        case (.ruby, "ruby"):
            let folders = lines.dropFirst().map { FilePath(String($0)) }
            return InterpreterIdentity(executable: FilePath(words[2]), version: words[1], folders: folders)
        default: return nil
        }
    }

    /// At its standard error lines such as `    java.home = /usr/lib/jvm/java-17-openjdk-amd64`, then `openjdk version "17.0.15" 2025-04-15`.
    private func java(_ text: String, _ program: FilePath) -> InterpreterIdentity? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0.isWhitespace } }
        let version = lines.last { $0.contains(" version \"") }?.split(separator: "\"").dropFirst().first
        guard let version, version.first?.isNumber == true else { return nil }
        // Of very many properties the first are lost; then no shim stands for the program either.
        let home = lines.first { $0.hasPrefix("java.home = ") }.map { FilePath(String($0.dropFirst("java.home = ".count))) }
        guard let executable = home?.appending("bin/java") ?? program.resolved else { return nil }
        return InterpreterIdentity(executable: executable, version: String(version))
    }
}
