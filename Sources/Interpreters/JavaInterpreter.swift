import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Java on this machine that can stand for a Lambda runtime's: a JDK or a JRE.
public struct JavaInterpreter: Sendable, Hashable {
    /// `JAVA_HOME`: the folder that Lambda has at /var/lang. It has no symbolic link in its path.
    public let home: FilePath
    /// Its version, as in `17.0.15` and `1.8.0_402`.
    public let version: String

    public var executable: FilePath { home.appending("bin/java") }

    /// The number by which it is called: 8 of `1.8.0_402`; 0 where the version has none.
    public var major: Int { Self.major(of: version) }

    /// A short text that changes when it does: its place, and its program's size and time of change.
    public var fingerprint: String {
        let program = executable.resolved ?? executable
        let attributes = try? FileManager.default.attributesOfItem(atPath: program.string)
        let modified = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(home) \(version) \(attributes?[.size] as? Int ?? 0) \(Int(modified))"
    }

    private static func major(of version: String) -> Int {
        let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
        return (numbers.first == 1 ? numbers.dropFirst().first : numbers.first) ?? 0
    }
}

extension JavaInterpreter {
    /// Finds the interpreter of a Java runtime: what was named by hand, else SDKMAN's, JAVA_HOME, what is on PATH, and the system's.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when there is none of the runtime's major version, `unsupported` for another language's, and
    ///   what asking one for its version throws that was added by hand.
    public static func find(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment,
        answers: InterpreterAnswers = InterpreterAnswers()
    ) async throws -> Self {
        guard runtime.family == .java, runtime.major != nil else { throw LaminaError(.unsupported, "\(runtime) is no Java runtime") }
        if let added = try AddedRuntimes.interpreter(for: runtime, environment: environment) {
            guard let home = home(of: added) else {
                throw LaminaError(.toolMissing, "\(added), which was added as \(runtime), is no java program of a JDK or JRE")
            }
            return Self(home: home, version: try await version(of: home, answers))
        }
        let all = await all(environment: environment, answers: answers)
        if let found = all.first(where: { runtime.accepts(interpreterVersion: $0.version) }) { return found }
        throw InterpreterSearch(runtime: runtime, environment: environment, answers: answers)
            .missing(all.map { "\($0.home) is \($0.version)" })
    }

    /// All that are found, each once, those first that are looked for first. Such as do not tell their version are left out.
    public static func all(
        environment: [String: String] = ProcessInfo.processInfo.environment, answers: InterpreterAnswers = InterpreterAnswers()
    ) async -> [Self] {
        var seen: Set<FilePath> = []
        var found: [Self] = []
        for path in candidates(environment) {
            guard let home = home(of: path), seen.insert(home).inserted else { continue }
            if let version = try? await version(of: home, answers) { found.append(Self(home: home, version: version)) }
        }
        return found
    }

    /// Paths of java programs.
    private static func candidates(_ environment: [String: String]) -> [FilePath] {
        let sdkman = FilePath(environment["SDKMAN_DIR"] ?? "\(environment["HOME"] ?? "")/.sdkman").appending("candidates/java")
        let installed = { InterpreterSearch.versions(in: $0).map { $0.appending("bin/java") } }
        let named = [environment["JAVA_HOME"]].compactMap { $0 }.filter { !$0.isEmpty }.map { FilePath($0).appending("bin/java") }
        let onPath = ToolPath.folders(of: environment).map { $0.appending("java") }
        return installed(sdkman) + named + onPath + installed("/usr/lib/jvm")
    }

    /// The folder of a java program, `…/bin/java` or, of Java 8, `…/jre/bin/java`.
    private static func home(of path: FilePath) -> FilePath? {
        guard FileManager.default.isExecutableFile(atPath: path.string), let program = path.resolved else { return nil }
        let home = program.removingLastComponent().removingLastComponent()
        let outer = home.removingLastComponent()
        let isInner = home.lastComponent == "jre" && FileManager.default.isExecutableFile(atPath: outer.appending("bin/java").string)
        return home.isEmpty || home == "/" || home == "/usr" ? nil : isInner ? outer : home
    }

    /// From its file `release`, which all but old ones have, else from what the program says.
    private static func version(of home: FilePath, _ answers: InterpreterAnswers) async throws -> String {
        let text = (try? String(contentsOfFile: home.appending("release").string, encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") where line.hasPrefix("JAVA_VERSION=") {
            return line.dropFirst("JAVA_VERSION=".count).trimmingCharacters(in: ["\"", " "])
        }
        return try await answers.ask(home.appending("bin/java"), family: .java).version
    }
}
