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
    /// - Throws: ``LaminaError`` `toolMissing` when there is none of the runtime's major version, `unsupported` for another language's.
    public static func find(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Self {
        if case .interpreter(let path, let version) = try AddedRuntimes.load(from: AddedRuntimes.file(environment: environment))[runtime] {
            guard let home = home(of: path) else {
                throw LaminaError(.toolMissing, "\(path), which was added for \(runtime), is no java program of a JDK or JRE")
            }
            return Self(home: home, version: version)
        }
        let wanted = major(of: runtime.version)
        guard runtime.family == .java, wanted > 0 else { throw LaminaError(.unsupported, "\(runtime) is no Java runtime") }
        let all = await all(environment: environment)
        if let found = all.first(where: { $0.major == wanted }) { return found }
        let others = all.isEmpty ? "" : " (\(all.map { "\($0.home) is \($0.version)" }.joined(separator: ", ")))"
        throw LaminaError(
            .toolMissing,
            "no Java \(wanted) is installed, which \(runtime) needs\(others); install it with your system (apt-get install "
                + "openjdk-\(wanted)-jdk-headless) or SDKMAN, or name one with lamina runtime add")
    }

    /// All that are found, each once, those first that are looked for first.
    public static func all(environment: [String: String] = ProcessInfo.processInfo.environment) async -> [Self] {
        var seen: Set<FilePath> = []
        var found: [Self] = []
        for path in candidates(environment) {
            guard let home = home(of: path), seen.insert(home).inserted else { continue }
            if let version = await version(of: home) { found.append(Self(home: home, version: version)) }
        }
        return found
    }

    /// Paths of java programs.
    private static func candidates(_ environment: [String: String]) -> [String] {
        let sdkman = FilePath(environment["SDKMAN_DIR"] ?? "\(environment["HOME"] ?? "")/.sdkman").appending("candidates/java")
        let named = [environment["JAVA_HOME"]].compactMap { $0 }.filter { !$0.isEmpty }.map { "\($0)/bin/java" }
        let onPath = (environment["PATH"] ?? "").split(separator: ":").filter { !$0.hasSuffix("/shims") }.map { "\($0)/java" }
        return installed(in: sdkman) + named + onPath + installed(in: "/usr/lib/jvm")
    }

    /// The newest first.
    private static func installed(in folder: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [])
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { folder.appending("\($0)/bin/java").string }
    }

    /// The folder of a java program, `…/bin/java` or, of Java 8, `…/jre/bin/java`.
    private static func home(of path: String) -> FilePath? {
        guard FileManager.default.isExecutableFile(atPath: path), let program = FilePath(path).resolved else { return nil }
        let home = program.removingLastComponent().removingLastComponent()
        let outer = home.removingLastComponent()
        let isInner = home.lastComponent == "jre" && FileManager.default.isExecutableFile(atPath: outer.appending("bin/java").string)
        return home.isEmpty || home == "/" || home == "/usr" ? nil : isInner ? outer : home
    }

    /// From its file `release`, which all but old ones have.
    private static func version(of home: FilePath) async -> String? {
        let text = (try? String(contentsOfFile: home.appending("release").string, encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") where line.hasPrefix("JAVA_VERSION=") {
            return line.dropFirst("JAVA_VERSION=".count).trimmingCharacters(in: ["\"", " "])
        }
        let tool = ExternalTool(name: "java", executable: home.appending("bin/java"))
        // It begins with: openjdk version "1.8.0_402".
        guard let answer = try? await tool.answer(["-version"]), answer.isSuccess else { return nil }
        return answer.error.split(separator: "\"", maxSplits: 2).dropFirst().first.map(String.init)
    }
}
