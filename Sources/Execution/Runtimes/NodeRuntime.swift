import Interpreters
import LambdaModel

/// A Node.js of this machine with a runtime client of ours.
enum NodeRuntime {
    private static let client = ScriptClient(
        "node",
        [
            "after-loop.cjs": PackageResources.after_loop_cjs,
            "bootstrap.cjs": PackageResources.bootstrap_cjs,
            // NODE_EXTRA_CA_CERTS names it, of runtimes before nodejs20.x. Node.js has Amazon's certificates among its own.
            "ca-cert.pem": Array("# No more than Node.js has by itself.\n".utf8),
            "callback-context.cjs": PackageResources.callback_context_cjs,
            "connection.cjs": PackageResources.connection_cjs,
            "context.cjs": PackageResources.context_cjs,
            "errors.cjs": PackageResources.errors_cjs,
            "handler.cjs": PackageResources.handler_cjs,
            "log.cjs": PackageResources.log_cjs,
            "response-reader.cjs": PackageResources.response_reader_cjs,
            "response-stream.cjs": PackageResources.response_stream_cjs,
            "runtime-api.cjs": PackageResources.runtime_api_cjs,
            "runtime.cjs": PackageResources.runtime_cjs,
            "streaming.cjs": PackageResources.streaming_cjs,
            "version.cjs": PackageResources.version_cjs,
        ])

    /// Finds the interpreter and writes the client where it is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter, `inputOutput` when the client cannot be written.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        let node = try await NodeInterpreter.find(for: runtime)
        let language = LanguageFolder(node).linked(moduleLinks(of: runtime))
        return PreparedRuntime(
            root: .machine(try views.view(runtime.operatingSystem, language), language, runtime: try await client.install()),
            entrypoint: .command(["/var/lang/bin/node", "--expose-gc", "/var/runtime/bootstrap.cjs"]),
            version: "nodejs:\(runtime.major ?? node.major).v\(node.version)", options: heapOptions,
            notices: [AddedRuntimes.change(of: runtime, to: node.version)].compactMap { $0 })
    }

    /// What V8 would choose by itself on a machine of the function's memory, for which it takes this one's: half of it for what lives long,
    /// at most 4 GiB, and a 128th of that, of little a 256th, for each half of the other heap, within 1 to 16 MiB.
    @Sendable private static func heapOptions(of function: LambdaFunction) -> [String] {
        let old = min(function.memorySize / 2, 4096)
        let semi = min(max(old / (old <= 256 ? 256 : 128), 1), 16)
        // A command's options count more than these.
        let own = (function.environment?["NODE_OPTIONS"] ?? "").replacing("_", with: "-")
        return [("--max-old-space-size", old), ("--max-semi-space-size", semi)].filter { name, _ in !own.contains(name) }
            .map { name, size in "\(name)=\(size)" }
    }

    /// From Node.js 18 on `import` finds layers' packages as `require` does, by NODE_PATH: AWS's Node.js looks there. Node.js itself looks
    /// in the folders `node_modules` above the importing file only, of which /var/task has two that nothing else uses. A hook for `import`
    /// would take 30 ms of each cold start.
    private static func moduleLinks(of runtime: Runtime) -> [SandboxLink] {
        guard let major = runtime.major, major >= 18 else { return [] }
        return [
            SandboxLink(path: "/var/node_modules", target: "/opt/nodejs/node\(major)/node_modules"),
            SandboxLink(path: "/node_modules", target: "/opt/nodejs/node_modules"),
        ]
    }
}
