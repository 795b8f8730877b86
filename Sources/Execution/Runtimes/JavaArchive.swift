import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// The archive of the classes that our runtime client for Java loads, which the JVM maps: without it a cold start takes 40 ms more.
///
/// It lies beside the client, made by a training run in a sandbox with that client.
enum JavaArchive {
    static let name = "lamina-runtime.jsa"

    /// The first long-supported version whose JVM makes one as it ends (JEP 350).
    private static let firstVersion = 17
    private static let timeLimit = Duration.seconds(60)

    /// Whether a client's folder has it.
    static func isThere(_ client: FilePath) -> Bool { access(client.appending("lib/\(name)").string, R_OK) == 0 }

    /// Makes it where it is missing and this process has not tried before.
    ///
    /// - Parameter root: What a sandbox has at /, with the client as /var/runtime.
    /// - Returns: What went wrong. Functions run without the archive, too.
    static func make(for java: JavaInterpreter, _ client: FilePath, _ root: SandboxRoot) async -> String? {
        guard java.major >= firstVersion, !isThere(client) else { return nil }
        do {
            try await Installations.shared.once(client.appending("lib/\(name)")) {
                guard !isThere(client), await Installations.shared.isFirstAttempt(client) else { return }
                try await train(client.appending("lib"), root)
            }
            return nil
        } catch {
            return "functions in Java \(java.major) start more slowly than they could: their client's classes cannot be archived: \(error)"
        }
    }

    private static func train(_ library: FilePath, _ root: SandboxRoot) async throws {
        let bubblewrap = try ExternalTool("bwrap", package: "bubblewrap")
        try await WholeFile.make(library.appending(name)) { partial in
            let command = JavaRuntime.command("Training", archive: .make(partial.lastComponent?.string ?? name))
            let failure = LaminaError(.toolFailed, "the training run does not end within \(timeLimit)")
            try await TimeLimit.run(timeLimit, else: failure) {
                try await bubblewrap.run(
                    options(root, library: library) + ["--"] + command, explaining: "the training run has failed")
            }
            try partial.makeReadable()
        }
    }

    private static func options(_ root: SandboxRoot, library: FilePath) -> [String] {
        ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--setenv", "LC_ALL", "C"] + root.options
            + ["--bind", library.string, "/var/runtime/lib", "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev", "--chdir", "/tmp"]
    }
}
