import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// Imports a layer's modules as a function would: by the runtime's own interpreter, in a sandbox that sees Lambda's libraries and no others.
///
/// Each import has a sandbox of its own, without a network, as user 1051, with the layer read-only at /opt and a /tmp in memory.
///
/// ```swift
/// let check = try await ImportCheck(runtime: Runtime("python3.12"), architecture: .x86_64)
/// for result in try await check.results(of: ["cv2", "numpy"], layer: "/home/me/layer") { print(result.module, result.outcome) }
/// ```
public struct ImportCheck: Sendable {
    /// For each import. Functions have 10 seconds for their init phase.
    public var timeLimit = Duration.seconds(30)
    /// Bytes of data for each process of an import.
    public var memoryLimit = 3_008 << 20

    private let runtime: Runtime
    private let probe: ImportProbe
    private let bubblewrap: FilePath

    /// - Throws: ``LaminaError`` `toolMissing` without the runtime's interpreter or bubblewrap, `unsupported` for a language whose imports
    ///   cannot be tried yet and for another architecture than this machine's.
    public init(runtime: Runtime, architecture: Architecture) async throws {
        guard architecture == .host else {
            throw LaminaError(
                .unsupported,
                "imports for \(architecture.rawValue) cannot be tried here: this machine runs \(Architecture.host.rawValue)")
        }
        try self.init(runtime, await ImportProbe(runtime))
    }

    init(_ runtime: Runtime, _ probe: ImportProbe) throws {
        self.runtime = runtime
        self.probe = probe
        bubblewrap = try ToolPath.find("bwrap", install: "imports are tried in it (apt-get install bubblewrap)")
    }

    /// Imports modules, as many at a time as there are cores.
    ///
    /// - Parameters:
    ///   - modules: Names as code would have them: `cv2`, `google.protobuf`; of a Node.js runtime packages, such as `@scope/name`.
    ///   - layer: An unpacked layer.
    /// - Returns: One result a module, in the given order.
    /// - Throws: ``LaminaError`` `notFound` without the folder, `toolFailed` when there can be no sandbox, `inputOutput` when its files
    ///   cannot be written.
    public func results(of modules: [String], layer: FilePath) async throws -> [ImportResult] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: layer.string, isDirectory: &isFolder), isFolder.boolValue, let layer = layer.resolved
        else { throw LaminaError(.notFound, "\(layer) is no folder: imports need an unpacked layer") }
        return try await WorkFolder.with(in: CacheFolder.path().appending("work")) { folder in
            try await results(of: modules, layer, ImportWorkspace(in: folder, probe, runtime))
        }
    }

    private func results(of modules: [String], _ layer: FilePath, _ workspace: ImportWorkspace) async throws -> [ImportResult] {
        try await withThrowingTaskGroup(of: (Int, ImportOutcome).self) { group in
            var outcomes = [ImportOutcome?](repeating: nil, count: modules.count)
            for (index, module) in modules.enumerated() {
                if index >= ProcessInfo.processInfo.activeProcessorCount, let (done, outcome) = try await group.next() {
                    outcomes[done] = outcome
                }
                group.addTask { (index, try await outcome(of: module, workspace.arguments(module, layer))) }
            }
            for try await (done, outcome) in group { outcomes[done] = outcome }
            return zip(modules, outcomes).compactMap { module, outcome in outcome.map { ImportResult(module: module, outcome: $0) } }
        }
    }

    private func outcome(of module: String, _ arguments: SandboxArguments) async throws -> ImportOutcome {
        let sandbox = try await Sandbox(
            arguments, program: bubblewrap, log: EnvironmentLog(), namespaces: .withoutRuntime(), dataLimit: memoryLimit, hasResult: true)
        let timer = Task {
            guard (try? await Task.sleep(for: timeLimit)) != nil else { return false }
            sandbox.kill()
            return true
        }
        sandbox.release()
        let status = await withTaskCancellationHandler {
            await sandbox.exit()
        } onCancel: {
            sandbox.kill()
        }
        timer.cancel()
        try Task.checkCancellation()
        if let outcome = ImportReport.outcome(sandbox.result, runtimePackages: probe.runtimePackages) { return outcome }
        if await timer.value { return .timedOut }
        // As a shell shows it: 128 and the signal's number.
        return status > 128 ? .killed(signal: status - 128) : .exited(status: status)
    }
}
