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
    let script: [UInt8]
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
        (scriptName, script) = ("import.py", PackageResources.search_path_py + PackageResources.import_py)
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
        (scriptName, script) = ("import.cjs", PackageResources.import_cjs)
        hiddenFolders = []
        runtimePackages = node.major < 18 ? ["aws-sdk"] : ["@aws-sdk", "@smithy"]
    }
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
