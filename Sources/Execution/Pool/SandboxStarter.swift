import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import NIOCore
import SystemPackage

/// Why an environment was made (AWS_LAMBDA_INITIALIZATION_TYPE).
public enum InitializationType: String, Sendable {
    case onDemand = "on-demand"
    case provisionedConcurrency = "provisioned-concurrency"
}

/// What an environment keeps from one sandbox to the next, its mounts and its /tmp, and how it starts one.
struct SandboxStarter: Sendable {
    let id = RandomID.make()
    let logStream: LogStreamName
    private let function: LambdaFunction
    private let initialization: InitializationType
    private let context: ExecutionContext
    private let folder: FilePath
    private let mount: ContentMount
    private let sandboxes: EnvironmentSandboxes
    private let firstRuntime: PreparedRuntime

    /// Unpacks what is not unpacked yet and merges the layers.
    ///
    /// - Throws: ``LaminaError`` where this machine cannot run the function, too.
    init(
        _ function: LambdaFunction, _ content: FunctionContent, _ initialization: InitializationType, _ context: ExecutionContext
    ) async throws {
        (self.function, self.initialization, self.context) = (function, initialization, context)
        let day = CivilTime(secondsSince1970: Int(Date().timeIntervalSince1970)).text.prefix(10).replacing("-", with: "/")
        logStream = LogStreamName(
            scope: function.scope, group: function.logGroup, stream: "\(day)/[\(function.versionText)]\(id.filter { $0 != "-" })")
        folder = context.settings.folder.appending("environments").appending(id)
        // What cannot run is not to cost a start.
        firstRuntime = try await Self.runtime(of: function, context)
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            mount = try await ContentMount(content, in: folder, context.unpacked, blobs: context.blobs)
            do {
                sandboxes = try await EnvironmentSandboxes(function, context.sandboxes, in: folder)
            } catch {
                mount.unmount()
                throw error
            }
        } catch {
            try? FileManager.default.removeItem(atPath: folder.string)
            throw error
        }
    }

    func close() async {
        await sandboxes.remove()
        mount.unmount()
        try? FileManager.default.removeItem(atPath: folder.string)
    }

    /// What a sandbox runs: the first what was found when the environment was made, later ones what there is by then.
    ///
    /// - Parameter number: Of this environment's sandboxes.
    /// - Throws: ``LaminaError`` when this machine cannot run the function, saying why.
    func runtime(number: Int) async throws -> PreparedRuntime {
        number == 1 ? firstRuntime : try await Self.runtime(of: function, context)
    }

    private static func runtime(of function: LambdaFunction, _ context: ExecutionContext) async throws -> PreparedRuntime {
        guard function.architecture == .host else {
            throw LaminaError(
                .unsupported,
                "\(function.name) is for \(function.architecture.rawValue), and this machine runs \(Architecture.host.rawValue)")
        }
        return try await context.runtimes.prepare(function.runtime)
    }

    /// - Parameter number: Of this environment's sandboxes.
    /// - Throws: ``ExtensionLaunchFailure`` where an extension cannot be started, ``InvalidEntrypoint`` where there is no runtime to start.
    func start(
        _ runtime: PreparedRuntime, _ log: EnvironmentLog, _ telemetry: EnvironmentTelemetry, number: Int
    ) async throws -> SandboxProcess {
        let files = SandboxFiles(runtime.root, task: mount.code, layers: mount.layers)
        let extensions = try ExternalExtension.find(in: files)
        if !extensions.isEmpty { try requireShell(runtime.root) }
        let command = try runtime.command(for: function, in: files)
        let environment = FunctionEnvironment.variables(
            of: function, initialization, credentials: .placeholder(), logStream: logStream.stream, hasBootstrap: runtime.root.isImage)
        let arguments = SandboxArguments(
            folders: SandboxArguments.Folders(
                root: runtime.root, task: mount.code, layers: mount.layers, temporary: sandboxes.volume.path,
                configuration: context.settings.folder.appending("etc")),
            environment: environment, command: wrapper + command)
        return try await sandboxes.start(
            arguments, program: try SandboxFacilities.bubblewrap(), log: log, eventLoop: context.eventLoops.next(), name: "\(id)-\(number)",
            extensions: SandboxExtensions(external: extensions, function: function, telemetry: telemetry))
    }

    /// Extensions are started by bash, which an image may lack.
    private func requireShell(_ root: SandboxRoot) throws {
        guard case .image(let folder) = root else { return }
        guard ["bin/bash", "usr/bin/bash"].contains(where: { access(folder.appending($0).string, X_OK) == 0 }) else {
            throw LaminaError(
                .unsupported, "\(function.name) has extensions, and the image of \(function.runtime) lacks bash, which starts them")
        }
    }

    /// What a managed runtime's command is handed to (AWS: "Using a wrapper script").
    private var wrapper: [String] {
        guard function.runtime.family != .provided, let wrapper = function.environment?["AWS_LAMBDA_EXEC_WRAPPER"] else { return [] }
        return ["/bin/bash", "-p", "-c", Self.wrapperScript, "lamina", wrapper]
    }

    /// Runs its arguments, a wrapper and its command, in AWS's own words where there is none.
    private static let wrapperScript = """
        if [ ! -f "$1" ]; then
            echo "$1: does not exist"
            exit 127
        fi
        if [ ! -x "$1" ]; then
            echo "$1: is not an executable"
            exit 126
        fi
        ((SHLVL--))
        exec -- "$@"
        """
}

extension FunctionEnvironment.Credentials {
    /// Values of the right form that no server takes.
    static func placeholder() -> Self {
        func random(_ bytes: Int) -> String { Hexadecimal.encode(secureRandomBytes(bytes)) }
        return Self(accessKeyID: "ASIA" + random(8).uppercased(), secret: random(20), sessionToken: random(32))
    }
}
