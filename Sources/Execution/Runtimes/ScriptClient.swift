import Checksum
import Foundation
import Interpreters
import SystemPackage

/// A client of the Runtime API that is a folder of scripts, which this program carries.
struct ScriptClient: Sendable {
    /// The language and a digest of the scripts.
    private let name: String
    private let files: [String: [UInt8]]

    /// - Parameter files: The scripts by their names.
    init(_ language: String, _ files: [String: [UInt8]]) {
        let content = files.sorted { $0.key < $1.key }.flatMap { name, bytes in Array("\(name) \(bytes.count)\n".utf8) + bytes }
        name = "\(language)-\(SHA256Digest(of: content).hexadecimal.prefix(16))"
        self.files = files
    }

    /// The folder for /var/runtime, in the user's cache folder; writes it where it is missing.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be written.
    func install() async throws -> FilePath {
        let folder = CacheFolder.path().appending("runtime-clients").appending(name)
        if access(folder.string, R_OK) == 0 { return folder }
        try await WholeFile.make(folder) { partial in
            let manager = FileManager.default
            try manager.createDirectory(atPath: partial.string, withIntermediateDirectories: false)
            for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: partial.appending(name).string)) }
            // Whatever the umask: in a sandbox, others read them.
            for name in files.keys { chmod(partial.appending(name).string, 0o644) }
            chmod(partial.string, 0o755)
        }
        return folder
    }
}
