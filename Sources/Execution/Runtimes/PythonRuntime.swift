import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Python of this machine with AWS's own runtime client, awslambdaric, in the place of /var/runtime.
struct PythonRuntime: Sendable {
    let interpreter: PythonInterpreter
    /// Such as `3.13.2`.
    let version: String
    /// The folder for /var/runtime.
    let client: FilePath

    /// Finds the interpreter and installs the runtime client for it, once a machine.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter or uv, `toolFailed` when the interpreter does not start or the client
    ///   cannot be installed.
    static func prepare(_ runtime: Runtime) async throws -> PythonRuntime {
        let interpreter = try PythonInterpreter.find(for: runtime)
        let version = try await InterpreterIdentity.ask(interpreter.executable, family: .python).version
        return PythonRuntime(
            interpreter: interpreter, version: version, client: try await RuntimeClient.install(for: interpreter))
    }

    /// The interpreter without what this machine's user has installed for it: instead, it has what Lambda's runtime brings.
    var language: LanguageFolder {
        let packages = "lib/python3.\(interpreter.minor)/site-packages"
        let language = LanguageFolder(interpreter)
        guard access(interpreter.prefix.appending(packages).string, F_OK) == 0 else { return language }
        return language.covered(by: SandboxBind(client, "/var/lang/" + packages))
    }

    /// The runtime's command inside the sandbox.
    var command: [String] { ["/var/lang/bin/python3.\(interpreter.minor)", "/var/runtime/bootstrap.py"] }
}
