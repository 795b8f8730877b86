import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import Subprocess
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
        let folder = CacheFolder.path().appending("runtime-clients/python3.\(interpreter.minor)-\(interpreter.fingerprint)-1")
        if access(folder.appending("bootstrap.py").string, R_OK) != 0 { try await install(interpreter, to: folder) }
        return PythonRuntime(interpreter: interpreter, client: folder)
    }

    /// The runtime's command inside the sandbox.
    func command(handler: String) -> [String] { ["/var/lang/bin/python3.\(interpreter.minor)", "/var/runtime/bootstrap.py", handler] }

    private static func install(_ interpreter: PythonInterpreter, to folder: FilePath) async throws {
        let uv = try ToolPath.find("uv", install: "functions in Python need it once, to install AWS's runtime client")
        let temporary = folder.removingLastComponent().appending("\(UUID().uuidString).partial")
        defer { try? FileManager.default.removeItem(atPath: temporary.string) }
        try FileManager.default.createDirectory(atPath: temporary.string, withIntermediateDirectories: true)
        // Without its bytecode the client alone would take 60 ms of each cold start.
        let result = try await Subprocess.run(
            .path(uv),
            arguments: [
                "pip", "install", "--quiet", "--python", interpreter.executable.string, "--target", temporary.string, "--compile-bytecode",
                "--link-mode", "copy", "awslambdaric",
            ],
            output: .discarded, error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw LaminaError(.toolFailed, "uv cannot install awslambdaric for Python 3.\(interpreter.minor):\n\(result.standardError)")
        }
        try bootstrap.write(toFile: temporary.appending("bootstrap.py").string, atomically: true, encoding: .utf8)
        // Another server may have been faster; its copy is as good.
        if rename(temporary.string, folder.string) != 0, errno != EEXIST, errno != ENOTEMPTY {
            throw LaminaError.system(errno, "cannot keep the runtime client")
        }
    }

    /// Sets sys.path as Lambda has it and hands over to awslambdaric.
    private static let bootstrap = """
        import os, site, sys
        layer = "/opt/python/lib/python%d.%d/site-packages" % sys.version_info[:2]
        sys.path[:] = ["/var/task", layer, "/opt/python"] + sys.path
        if os.path.isdir(layer):
            site.addsitedir(layer)
        from awslambdaric.__main__ import main
        main(["bootstrap", sys.argv[1]])
        """
}
