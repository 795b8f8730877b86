import Checksum
import Foundation
import SystemPackage

/// A client of the Runtime API that is a folder of scripts, which this program carries.
struct ScriptClient: Sendable {
    private let folder: CachedFolder
    private let files: [String: [UInt8]]

    /// - Parameter files: The scripts by their names.
    init(_ language: String, _ files: [String: [UInt8]]) {
        folder = CachedFolder("runtime-clients", "\(language)-\(Self.digest(files))")
        self.files = files
    }

    /// The folder for /var/runtime, in the user's cache folder; writes it where it is missing.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be written.
    func install() async throws -> FilePath {
        try await folder.install { [files] partial in
            try FileManager.default.createDirectory(atPath: partial.string, withIntermediateDirectories: false)
            for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: partial.appending(name).string)) }
        }
    }

    /// A short text that changes with the scripts.
    static func digest(_ files: [String: [UInt8]]) -> String {
        let content = files.sorted { $0.key < $1.key }.flatMap { name, bytes in Array("\(name) \(bytes.count)\n".utf8) + bytes }
        return String(SHA256Digest(of: content).hexadecimal.prefix(16))
    }
}
