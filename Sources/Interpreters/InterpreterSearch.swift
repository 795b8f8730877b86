import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// The search for the interpreter of one runtime, as it is for every language.
struct InterpreterSearch {
    let runtime: Runtime
    let environment: [String: String]
    let answers: InterpreterAnswers

    /// The interpreter that was added by hand, else the first of some programs that is of the runtime's version. All of them are asked.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` where there is none, with a program's failure for a cause where one did not answer.
    func find(_ candidates: [FilePath]) async throws -> InterpreterIdentity {
        if let added = try AddedRuntimes.interpreter(for: runtime, environment: environment) {
            return try await answers.ask(added, family: runtime.family)
        }
        var seen: Set<FilePath> = []
        var others: [String] = []
        var failure: LaminaError?
        for program in candidates where FileManager.default.isExecutableFile(atPath: program.string) {
            guard seen.insert(program.resolved ?? program).inserted else { continue }
            do {
                let identity = try await answers.ask(program, family: runtime.family)
                if runtime.accepts(interpreterVersion: identity.version) { return identity }
                others.append("\(program) is \(identity.version)")
            } catch let error as LaminaError {
                failure = failure ?? error
            }
        }
        throw missing(others, cause: failure)
    }

    /// - Parameter others: What there is instead, such as `/usr/bin/node is 18.19.0`.
    func missing(_ others: [String], cause: LaminaError? = nil) -> LaminaError {
        let language = runtime.family.languageName ?? runtime.family.rawValue
        let version = [.nodejs, .java].contains(runtime.family) ? runtime.major.map(String.init) : nil
        let found = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
        return LaminaError(
            .toolMissing,
            "no \(language) \(version ?? runtime.version) is installed, which \(runtime) needs\(found): \(runtime.installationAdvice)",
            cause: cause)
    }

    /// Programs of PATH, which need not be there: in each folder all names.
    func onPath(_ names: String...) -> [FilePath] {
        ToolPath.folders(of: environment).flatMap { folder in names.map { folder.appending($0) } }
    }

    /// The folder of a version manager, by its variable, else in the user's home.
    func folder(_ variable: String, else place: String) -> FilePath {
        FilePath(environment[variable] ?? "\(environment["HOME"] ?? "")/\(place)")
    }

    /// The folders in a folder whose names begin so, the newest version first.
    static func versions(in folder: FilePath, prefix: String = "") -> [FilePath] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [])
            .filter { $0.hasPrefix(prefix) }
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { folder.appending($0) }
    }
}
