import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Ruby on this machine that can stand for a Lambda runtime's.
public struct RubyInterpreter: Sendable, Hashable {
    /// Such as `3.2.2`.
    public let version: String
    public let executable: FilePath
    /// The folder that it was installed to and knows by its path (RbConfig's `prefix`).
    public let prefix: FilePath
    /// The standard library of all versions (`rubylibprefix`).
    public let libraries: FilePath
    /// The version's modules that are shared objects (`rubyarchdir`); not always below ``libraries``.
    public let extensions: FilePath

    /// Finds the interpreter of a Ruby runtime: the one that was added by hand, else in rbenv's folder, else on PATH as `ruby` or `rubyX.Y`.
    ///
    /// rbenv's shims are passed over, since what they start depends on the current folder.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when there is none of the runtime's version, `unsupported` for another language's runtime.
    public static func find(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment,
        answers: InterpreterAnswers = InterpreterAnswers()
    ) async throws -> Self {
        guard runtime.family == .ruby else { throw LaminaError(.unsupported, "\(runtime) is no Ruby runtime") }
        let search = InterpreterSearch(runtime: runtime, environment: environment, answers: answers)
        let rbenv = search.folder("RBENV_ROOT", else: ".rbenv").appending("versions")
        let installed = InterpreterSearch.versions(in: rbenv, prefix: "\(runtime.version).").map { $0.appending("bin/ruby") }
        return try Self(await search.find(installed + search.onPath("ruby\(runtime.version)", "ruby")))
    }
}

extension RubyInterpreter {
    /// - Throws: ``LaminaError`` `invalidArgument` where it has not told its folders.
    private init(_ identity: InterpreterIdentity) throws {
        let folders = identity.folders
        guard folders.count == 3, folders.allSatisfy(\.isAbsolute) else {
            throw LaminaError(.invalidArgument, "\(identity.executable) does not tell where Ruby's libraries are")
        }
        self.init(
            version: identity.version, executable: identity.executable.resolved ?? identity.executable, prefix: folders[0],
            libraries: folders[1], extensions: folders[2])
    }
}
