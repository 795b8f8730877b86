import ArgumentParser
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// `--interpreter` of `lamina runtime add`.
struct RuntimeInterpreterOption: ParsableArguments {
    @Option(help: ArgumentHelp("A program of this machine; it is asked for its version.", valueName: "path"))
    var interpreter: String?

    var isGiven: Bool { interpreter != nil }

    /// Notes the interpreter for the runtime, with a warning on standard error where it is of another version.
    ///
    /// - Returns: Its language, version and path.
    /// - Throws: ``LaminaError`` `notFound` where the path leads to no program, `invalidArgument` where it is no interpreter of the runtime's
    ///   language, `unsupported` for a runtime that has none.
    func add(_ runtime: Runtime) async throws -> String {
        guard let language = runtime.family.languageName else {
            throw LaminaError(.unsupported, "\(runtime) is not run by an interpreter: \(runtime.installationAdvice)")
        }
        let program = FilePath(".").absolute.resolve(interpreter ?? "")
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: program.string, isDirectory: &isFolder), !isFolder.boolValue else {
            throw LaminaError(.notFound, "there is no program \(program)")
        }
        guard FileManager.default.isExecutableFile(atPath: program.string) else {
            throw LaminaError(.invalidArgument, "\(program) is not executable")
        }
        let found = try await InterpreterIdentity.ask(program, family: runtime.family)
        guard FileManager.default.isExecutableFile(atPath: found.executable.string) else {
            throw LaminaError(.invalidArgument, "\(program) says that it is \(found.executable), which is no program")
        }
        try AddedRuntimes.update { $0[runtime] = .interpreter(path: found.executable.string, version: found.version) }
        RuntimeWarnings.checkVersion(found.version, of: runtime)
        return "\(language) \(found.version), \(found.executable)"
    }
}
