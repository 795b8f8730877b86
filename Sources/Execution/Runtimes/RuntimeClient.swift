import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// What Lambda's Python runtimes bring, AWS's own runtime client awslambdaric and its SDK boto3, installed once a machine and interpreter
/// in the user's cache folder.
public enum RuntimeClient {
    /// Installs the client for a Python runtime, unless it is there.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter or uv, `toolFailed` when it cannot be installed.
    public static func install(for runtime: Runtime) async throws {
        _ = try await install(for: PythonInterpreter.find(for: runtime))
    }

    /// Whether the client is there.
    public static func isInstalled(for interpreter: PythonInterpreter) -> Bool {
        access(folder(interpreter).appending("bootstrap.py").string, R_OK) == 0
    }

    /// The client's folder, for /var/runtime; installs it where it is missing.
    static func install(for interpreter: PythonInterpreter) async throws -> FilePath {
        let folder = folder(interpreter)
        if !isInstalled(for: interpreter) { try await install(interpreter, to: folder) }
        return folder
    }

    /// The last number changes with what is installed.
    private static func folder(_ interpreter: PythonInterpreter) -> FilePath {
        CacheFolder.path().appending("runtime-clients/python3.\(interpreter.minor)-\(interpreter.fingerprint)-3")
    }

    private static func install(_ interpreter: PythonInterpreter, to folder: FilePath) async throws {
        let uv = try ExternalTool("uv", install: "functions in Python need it once, to install AWS's runtime client")
        try await WholeFile.make(folder) { partial in
            // Without its bytecode the client alone would take 60 ms of each cold start.
            try await uv.run(
                [
                    "pip", "install", "--quiet", "--python", interpreter.executable.string, "--target", partial.string,
                    "--compile-bytecode", "--link-mode", "copy", "awslambdaric", "boto3",
                ], explaining: "uv cannot install awslambdaric and boto3 for Python 3.\(interpreter.minor)")
            try bootstrap.write(toFile: partial.appending("bootstrap.py").string, atomically: true, encoding: .utf8)
        }
    }

    /// Sets sys.path as Lambda has it and hands over to awslambdaric.
    private static let bootstrap =
        PythonSearchPath.script + """
            from awslambdaric.__main__ import main
            main(["bootstrap", os.environ["_HANDLER"]])
            """
}
