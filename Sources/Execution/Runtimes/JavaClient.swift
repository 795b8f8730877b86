import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// Our own runtime client for Java, compiled once a machine and interpreter into the user's cache folder.
enum JavaClient {
    static let jar = "lamina-runtime.jar"
    static let archive = "lamina-runtime.jsa"

    /// The first long-supported version whose JVM makes an archive of classes as it ends (JEP 350).
    private static let firstWithArchive = 17

    /// The client's folder, for /var/runtime; makes it where it is missing.
    ///
    /// - Parameter root: What a sandbox has at / with this folder as /var/runtime: the archive of classes is made in one.
    /// - Throws: ``LaminaError`` `toolMissing` without a compiler, `toolFailed` when it cannot compile.
    static func install(for java: JavaInterpreter, root: @escaping @Sendable (FilePath) -> SandboxRoot) async throws -> FilePath {
        let folder = folder(java)
        guard !isInstalled(for: java) else { return folder }
        try await Installations.shared.once(folder) {
            try await WholeFile.make(folder) { partial in
                try await compile(java, to: partial)
                await makeArchive(java, in: partial, root(partial))
            }
        }
        return folder
    }

    /// Whether the client is there.
    static func isInstalled(for java: JavaInterpreter) -> Bool { access(folder(java).appending("lib/\(jar)").string, R_OK) == 0 }

    /// Whether a client's folder has the archive of its classes.
    static func hasArchive(_ client: FilePath) -> Bool { access(client.appending("lib/\(archive)").string, R_OK) == 0 }

    private static func folder(_ java: JavaInterpreter) -> FilePath {
        let name = SHA256Digest(of: "\(java.fingerprint) \(sourceDigest)".utf8).hexadecimal.prefix(32)
        return CacheFolder.path().appending("runtime-clients/java\(java.major)-\(name)")
    }

    private static func compile(_ java: JavaInterpreter, to folder: FilePath) async throws {
        let compiler = try await JavaCompiler.find(for: java)
        let (sources, classes) = (folder.appending("src"), folder.appending("classes"))
        for path in [folder, folder.appending("lib"), sources, classes] {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
            chmod(path.string, 0o755)
        }
        for (name, bytes) in JavaClientSources.files { try Data(bytes).write(to: URL(fileURLWithPath: sources.appending(name).string)) }
        try await compiler.compile(
            JavaClientSources.files.map { sources.appending($0.name).string }, to: classes, jar: folder.appending("lib/\(jar)"))
        for path in [sources, classes] { try FileManager.default.removeItem(atPath: path.string) }
    }

    /// Without the archive the client takes 40 ms more of each cold start, so that a JVM that cannot make one is no error.
    private static func makeArchive(_ java: JavaInterpreter, in folder: FilePath, _ root: SandboxRoot) async {
        guard java.major >= firstWithArchive, let bubblewrap = try? ExternalTool("bwrap", package: "bubblewrap") else { return }
        let library = SandboxBind(folder.appending("lib"), "/var/runtime/lib")
        let options =
            ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--setenv", "LC_ALL", "C"] + root.options
            + ["--bind", library.source.string, library.target, "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev", "--chdir", "/tmp"]
        let command = JavaRuntime.command("Training", archive: "ArchiveClassesAtExit")
        try? await bubblewrap.run(options + ["--"] + command, explaining: "cannot archive the classes of the client for Java")
        chmod(folder.appending("lib/\(archive)").string, 0o644)
    }

    private static let sourceDigest = SHA256Digest(of: JavaClientSources.files.flatMap { $0.bytes }).hexadecimal
}
