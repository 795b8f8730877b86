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
        let client = try await JavaClient.install(for: java) { partial in SandboxRoot.machine(view, language, runtime: partial) }
        return PreparedRuntime(
            root: .machine(view, language, runtime: client),
            command: command("Main", archive: JavaClient.hasArchive(client) ? "SharedArchiveFile" : nil),
            version: "java:\(runtime.version).v\(java.version)",
            options: { ["-XX:MaxHeapSize=\($0.memorySize * 1024 * heapShare / 100)k"] })
    }

    /// AWS: MaxHeapSize is 445645k of 512 MB.
    private static let heapShare = 85

    /// The JVM that runs a class of the client, with AWS's options for a fast start.
    ///
    /// - Parameter archive: The JVM's option for the archive of classes: SharedArchiveFile to use it, ArchiveClassesAtExit to make it.
    static func command(_ name: String, archive: String?) -> [String] {
        let jar = "/var/runtime/lib/\(JavaClient.jar)"
        var options = ["-XX:+TieredCompilation", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
        if let archive {
            // One that does not fit is not used, without a word.
            options += ["-XX:\(archive)=/var/runtime/lib/\(JavaClient.archive)", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
        }
        // Lambda's locale is en_US.UTF-8; a sandbox may have none.
        options += ["-Dfile.encoding=UTF-8", "-Djava.net.preferIPv4Stack=true"]
        return ["/var/lang/bin/java"] + options + ["-cp", jar, "lamina.runtime.\(name)"]
    }
}
