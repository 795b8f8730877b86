import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// What Lambda's Python runtimes bring, AWS's own runtime client awslambdaric and its SDK boto3, installed once a machine and interpreter
/// in the user's cache folder.
enum PythonClient {
    /// Sets sys.path as Lambda has it and hands over to awslambdaric.
    private static let bootstrap = PackageResources.search_path_py + PackageResources.bootstrap_py

    /// Whether the client is there.
    static func isInstalled(for interpreter: PythonInterpreter) -> Bool { folder(interpreter).isThere }

    /// The client's folder, for /var/runtime; installs it where it is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without uv, `toolFailed` when the client cannot be installed.
    static func install(for interpreter: PythonInterpreter) async throws -> FilePath {
        try await folder(interpreter).install { partial in
            let uv = try ExternalTool(
                "uv",
                install:
                    "functions in Python need it once, to install AWS's runtime client; see https://docs.astral.sh/uv, or pip install uv")
            // Without its bytecode the client alone would take 60 ms of each cold start.
            try await uv.run(
                [
                    "pip", "install", "--quiet", "--python", interpreter.executable.string, "--target", partial.string,
                    "--compile-bytecode", "--link-mode", "copy", "awslambdaric", "boto3",
                ], explaining: "uv cannot install awslambdaric and boto3 for Python 3.\(interpreter.minor)")
            try Data(bootstrap).write(to: URL(fileURLWithPath: partial.appending("bootstrap.py").string))
        }
    }

    private static func folder(_ interpreter: PythonInterpreter) -> CachedFolder {
        let scripts = ScriptClient.digest(["bootstrap.py": bootstrap])
        return CachedFolder("runtime-clients", "python3.\(interpreter.minor)-\(interpreter.fingerprint)-\(scripts)")
    }
}
