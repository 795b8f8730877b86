import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Java of this machine with our own runtime client in the place of /var/runtime.
enum JavaRuntime {
    /// Finds the interpreter, and compiles the client for it where that is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter or a compiler, `toolFailed` when the client cannot be compiled.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        let java = try await JavaInterpreter.find(for: runtime)
        let language = LanguageFolder(java, try await JavaHome.prepare(java))
        let view = try views.view(runtime.operatingSystem, language)
        let client = try await JavaClient.install(for: java)
        let root = SandboxRoot.machine(view, language, runtime: client)
        let problem = await JavaArchive.make(for: java, client, root)
        let command = command("Main", archive: JavaArchive.isThere(client) ? .use : nil, opensVariables: opensVariables(runtime, java))
        return PreparedRuntime(
            root: root, entrypoint: .command(command), version: "java:\(runtime.version).v\(java.version)",
            options: { ["-XX:MaxHeapSize=\(heapSize(of: $0.memorySize))k"] },
            notices: [AddedRuntimes.change(of: runtime, to: java.version), problem].compactMap { $0 })
    }

    /// KiB of MiB: 85 of 100, rounded (AWS: 445645k of 512 MB).
    private static func heapSize(of memory: Int) -> Int { (memory * 1024 * 85 + 50) / 100 }

    /// Runtimes before Java 17 have the trace's header in a variable, for which the client changes what System.getenv gives.
    private static func opensVariables(_ runtime: Runtime, _ java: JavaInterpreter) -> Bool {
        (runtime.major ?? 0) < 17 && java.major >= 9
    }

    /// What to do with the archive of the client's classes.
    enum ArchiveUse {
        case use
        /// Makes a file of /var/runtime/lib as the JVM ends.
        case make(String)

        fileprivate var option: String {
            switch self {
            case .use: "SharedArchiveFile=/var/runtime/lib/\(JavaArchive.name)"
            case .make(let file): "ArchiveClassesAtExit=/var/runtime/lib/\(file)"
            }
        }
    }

    /// The JVM that runs a class of the client, with AWS's options for a fast start.
    ///
    /// - Parameter opensVariables: Whether the client may change the map behind System.getenv, which JVMs from 9 on have to be told.
    static func command(_ name: String, archive: ArchiveUse?, opensVariables: Bool = false) -> [String] {
        let jar = "/var/runtime/lib/\(JavaClient.jar)"
        var options = ["-XX:+TieredCompilation", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
        if let archive {
            // One that does not fit is not used, without a word.
            options += ["-XX:\(archive.option)", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
        }
        if opensVariables { options.append("--add-opens=java.base/java.util=ALL-UNNAMED") }
        // Lambda's locale is en_US.UTF-8; a sandbox may have none.
        options += ["-Dfile.encoding=UTF-8", "-Djava.net.preferIPv4Stack=true"]
        return ["/var/lang/bin/java"] + options + ["-cp", jar, "lamina.runtime.\(name)"]
    }
}
