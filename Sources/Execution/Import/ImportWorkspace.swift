import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// The folders that the sandboxes of one import check share.
struct ImportWorkspace: Sendable {
    private let folder: FilePath
    private let probe: ImportProbe
    private let runtime: Runtime
    private let view: SystemView

    /// - Parameter folder: An empty folder that they may have.
    /// - Throws: ``LaminaError`` `inputOutput` where they cannot be made.
    init(in folder: FilePath, _ probe: ImportProbe, _ runtime: Runtime) throws {
        (self.folder, self.probe, self.runtime) = (folder, probe, runtime)
        do {
            for name in ["empty", "runtime"] {
                try FileManager.default.createDirectory(atPath: folder.appending(name).string, withIntermediateDirectories: true)
            }
            let script = folder.appending("runtime").appending(probe.scriptName)
            try Data(probe.script).write(to: URL(fileURLWithPath: script.string))
            for name in ["empty", "runtime"] { try folder.appending(name).makeReadable() }
            try SandboxArguments.writeConfiguration(to: folder.appending("etc"))
        } catch let error as CocoaError {
            throw LaminaError(.inputOutput, "cannot prepare the import of modules in \(folder)", cause: error)
        }
        view = try SystemViews().view(runtime.operatingSystem, probe.language)
    }

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
