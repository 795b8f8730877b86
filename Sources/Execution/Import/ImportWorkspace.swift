import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// The folders that the sandboxes of one import check share.
struct ImportWorkspace: Sendable {
    private let folder: FilePath
    private let probe: ImportProbe
    private let runtime: Runtime
    private let view: SystemView

    /// Makes them below the machine's folder for temporary files.
    init(_ probe: ImportProbe, _ runtime: Runtime) throws {
        self.probe = probe
        self.runtime = runtime
        folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lamina-import-\(UUID().uuidString)")
        do {
            for name in ["empty", "runtime"] {
                let path = folder.appending(name).string
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                chmod(path, 0o755)
            }
            try SandboxArguments.writeConfiguration(to: folder.appending("etc"))
            let script = folder.appending("runtime").appending(probe.scriptName).string
            try probe.script.write(toFile: script, atomically: true, encoding: .utf8)
            chmod(script, 0o644)
            view = try SystemViews().view(runtime.operatingSystem, probe.language)
        } catch {
            try? FileManager.default.removeItem(atPath: folder.string)
            throw LaminaError(.inputOutput, "cannot prepare the import of modules in \(folder)", cause: error)
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder.string) }

    /// The sandbox that imports one module.
    func arguments(_ module: String, _ layer: FilePath) -> SandboxArguments {
        let empty = folder.appending("empty")
        return SandboxArguments(
            folders: SandboxArguments.Folders(
                root: .machine(view, probe.language, runtime: folder.appending("runtime")), task: empty, layers: layer, temporary: nil,
                configuration: folder.appending("etc"), covers: probe.hiddenFolders.map { SandboxBind(empty, $0) }),
            environment: FunctionEnvironment.variables(
                of: function, credentials: .placeholder(), logStream: "2026/01/01/[$LATEST]00000000000000000000000000000000"),
            command: [probe.interpreter, "/var/runtime/\(probe.scriptName)", module])
    }

    /// A function that has the layer, for its environment variables: modules read some of them when they are imported.
    private var function: LambdaFunction {
        LambdaFunction(
            scope: Scope(account: Scope.rootAccount, region: "us-east-1"), name: "import", runtime: runtime, handler: "app.handler",
            role: "", description: "", timeout: 3, memorySize: 3_008, ephemeralStorage: Limits.ephemeralStorage.lowerBound,
            environment: nil, architecture: .host, code: LambdaFunction.CodePackage(sha256: "", size: 0, unzippedSize: 0), layers: [],
            lastModified: Date(), revisionID: "")
    }
}
