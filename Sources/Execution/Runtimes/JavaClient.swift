import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// Our own runtime client for Java, compiled once a machine and interpreter into the user's cache folder.
enum JavaClient {
    static let jar = "lamina-runtime.jar"

    /// The client's folder, for /var/runtime; makes it where it is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without a compiler, `toolFailed` when it cannot compile.
    static func install(for java: JavaInterpreter) async throws -> FilePath {
        try await folder(java).install { try await compile(java, to: $0) }
    }

    /// Whether the client is there.
    static func isInstalled(for java: JavaInterpreter) -> Bool { folder(java).isThere }

    private static func folder(_ java: JavaInterpreter) -> CachedFolder {
        let name = SHA256Digest(of: "\(java.fingerprint) \(sourceDigest)".utf8).hexadecimal.prefix(32)
        return CachedFolder("runtime-clients", "java\(java.major)-\(name)")
    }

    private static func compile(_ java: JavaInterpreter, to folder: FilePath) async throws {
        let compiler = try await JavaCompiler.find(for: java)
        let (sources, classes) = (folder.appending("src"), folder.appending("classes"))
        for path in [folder.appending("lib"), sources, classes] {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        }
        for (name, bytes) in JavaClientSources.files { try Data(bytes).write(to: URL(fileURLWithPath: sources.appending(name).string)) }
        try await compiler.compile(
            JavaClientSources.files.map { sources.appending($0.name).string }, to: classes, jar: folder.appending("lib/\(jar)"))
        for path in [sources, classes] { try FileManager.default.removeItem(atPath: path.string) }
    }

    private static let sourceDigest = SHA256Digest(of: JavaClientSources.files.flatMap { $0.bytes }).hexadecimal
}
