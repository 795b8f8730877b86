import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Python of this machine with AWS's own runtime client, awslambdaric, in the place of /var/runtime.
struct PythonRuntime: Sendable {
    let interpreter: PythonInterpreter
    /// The folder for /var/runtime.
    let client: FilePath

    /// Finds the interpreter and installs the runtime client for it, once a machine.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter or uv, `toolFailed` when the client cannot be installed.
    static func prepare(_ runtime: Runtime) async throws -> PythonRuntime {
        let interpreter = try PythonInterpreter.find(for: runtime)
        return PythonRuntime(interpreter: interpreter, client: try await RuntimeClient.install(for: interpreter))
    }

    /// The runtime's command inside the sandbox.
    var command: [String] { ["/var/lang/bin/python3.\(interpreter.minor)", "/var/runtime/bootstrap.py"] }
}
