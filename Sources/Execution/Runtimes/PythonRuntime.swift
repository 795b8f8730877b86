import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Python of this machine with AWS's own runtime client, awslambdaric, in the place of /var/runtime.
enum PythonRuntime {
    /// Finds the interpreter and installs the runtime client for it, once a machine.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter or uv, `toolFailed` when the interpreter does not start or the client
    ///   cannot be installed.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        let python = try PythonInterpreter.find(for: runtime)
        let version = try await InterpreterIdentity.ask(python.executable, family: .python).version
        let client = try await PythonClient.install(for: python)
        let language = language(python, client)
        return PreparedRuntime(
            root: .machine(try views.view(runtime.operatingSystem, language), language, runtime: client),
            entrypoint: .command(["/var/lang/bin/python3.\(python.minor)", "/var/runtime/bootstrap.py"]),
            version: "python:\(runtime.version).v\(version)",
            notices: [AddedRuntimes.change(of: runtime, to: version)].compactMap { $0 })
    }

    /// The interpreter without what this machine's user has installed for it: instead, it has what Lambda's runtime brings.
    private static func language(_ python: PythonInterpreter, _ client: FilePath) -> LanguageFolder {
        let packages = "lib/python3.\(python.minor)/site-packages"
        let language = LanguageFolder(python)
        guard access(python.prefix.appending(packages).string, F_OK) == 0 else { return language }
        return language.covered(by: SandboxBind(client, "/var/lang/" + packages))
    }
}
