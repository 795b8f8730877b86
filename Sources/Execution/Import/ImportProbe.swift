import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// How one language imports a module by its name and tells of it.
///
/// The script gets the name as its argument and writes one line of JSON to descriptor 6: an ``ImportReport``.
struct ImportProbe: Sendable {
    let language: LanguageFolder
    /// The interpreter's program in the sandbox.
    let interpreter: String
    let scriptName: String
    let script: String
    /// Folders in the sandbox that are to be empty: what this machine's user has installed there is not Lambda's.
    let hiddenFolders: [String]
    /// Top-level modules or packages that Lambda's runtime brings.
    let runtimePackages: Set<String>

    /// - Throws: ``LaminaError`` `toolMissing` without the runtime's interpreter, `unsupported` for languages that have no probe.
    init(_ runtime: Runtime) async throws {
        switch runtime.family {
        case .python: self.init(try PythonInterpreter.find(for: runtime))
        case .nodejs: self.init(try await NodeInterpreter.find(for: runtime))
        default: throw LaminaError(.unsupported, "imports can be tried for Python and Node.js runtimes, not for \(runtime)")
        }
    }

    init(_ python: PythonInterpreter) {
        language = LanguageFolder(python)
        interpreter = "/var/lang/bin/python3.\(python.minor)"
        (scriptName, script) = ("import.py", Self.pythonScript)
        let packages = "lib/python3.\(python.minor)/site-packages"
        let exists = FileManager.default.fileExists(atPath: python.prefix.appending(packages).string)
        hiddenFolders = exists ? ["/var/lang/" + packages] : []
        runtimePackages = [
            "awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "runtime_client", "s3transfer", "simplejson", "six",
            "snapshot_restore_py", "urllib3",
        ]
    }

    init(_ node: NodeInterpreter) {
        language = LanguageFolder(node)
        interpreter = "/var/lang/bin/node"
        (scriptName, script) = ("import.cjs", Self.nodeScript)
        hiddenFolders = []
        runtimePackages = node.major < 18 ? ["aws-sdk"] : ["@aws-sdk", "@smithy"]
    }

    private static let pythonScript =
        PythonSearchPath.script + """
            import importlib, json
            os.set_inheritable(6, False)
            def tell(**report):
                os.write(6, json.dumps(report).encode() + b"\\n")
                os._exit(0)
            def text(error):
                try:
                    return str(error)[:8192]
                except Exception:
                    return ""
            try:
                importlib.import_module(sys.argv[1])
            except BaseException as error:
                kind = type(error)
                prefix = "" if kind.__module__ == "builtins" else kind.__module__ + "."
                missing = error.name if isinstance(error, ModuleNotFoundError) else None
                tell(type=prefix + kind.__qualname__, message=text(error), missing=missing)
            tell()

            """

    /// Packages that can only be imported are found through NODE_PATH as AWS does from Node 18: a link beside the importing file leads there.
    private static let nodeScript = """
        "use strict";
        const fs = require("node:fs"), path = require("node:path");
        const name = process.argv[2], major = parseInt(process.versions.node);
        function tell(report) {
          fs.writeSync(6, JSON.stringify(report) + "\\n");
          process.removeAllListeners("exit");
          process.exit(0);
        }
        function fail(error) {
          const isMissing = error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND";
          const missing = isMissing ? /'([^']+)'/.exec(error.message)?.[1] : undefined;
          tell({ type: String(error?.name ?? typeof error), message: String(error?.message ?? error).slice(0, 8192), missing });
        }
        process.on("uncaughtException", fail);
        const esmOnly = ["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE", "ERR_PACKAGE_PATH_NOT_EXPORTED"];
        try {
          require(name);
          tell({});
        } catch (error) {
          const folder = process.env.NODE_PATH.split(":").find((folder) => fs.existsSync(path.join(folder, name)));
          if (major < 18 || folder === undefined || !esmOnly.includes(error?.code)) fail(error);
          fs.symlinkSync(folder, "/tmp/node_modules");
          fs.writeFileSync("/tmp/import.mjs", "export default (name) => import(name);\\n");
          import("/tmp/import.mjs").then((module) => module.default(name)).then(() => tell({}), fail);
        }

        """
}

/// What a probe tells of an import: nothing where it went well.
struct ImportReport: Decodable {
    var type: String?
    var message: String?
    /// The module or package that was not found.
    var missing: String?

    /// The outcome that the first line of a probe's output stands for; nil where there is none.
    static func outcome(_ output: [UInt8], runtimePackages: Set<String>) -> ImportOutcome? {
        guard let end = output.firstIndex(of: UInt8(ascii: "\n")),
            let report = try? JSONDecoder().decode(Self.self, from: Data(output[..<end]))
        else { return nil }
        guard let type = report.type else { return .imported }
        // Of `botocore.config` and `@aws-sdk/client-s3` the first part tells whose it is.
        if let missing = report.missing, let package = missing.split(whereSeparator: { $0 == "." || $0 == "/" }).first,
            runtimePackages.contains(String(package))
        {
            return .needsRuntimePackage(missing)
        }
        return .failed(type: type, message: report.message ?? "")
    }
}
