import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// The user's cache folder: locks, wheels by hash, and what was derived from them.
///
/// Whatever enters is written beside its place and renamed, so that parallel builds share the folder and none sees half a file.
public struct BuildCache: Sendable {
    public let root: FilePath

    /// - Parameter root: By default `CacheFolder.path()`.
    public init(root: FilePath = CacheFolder.path()) { self.root = root }

    /// The folder of everything that is known of a file by its SHA-256.
    func folder(ofHash sha256: String) -> FilePath { root.appending("files/\(sha256.prefix(2))/\(sha256)") }

    /// A lock's place, by the key of what it was resolved from.
    func lock(key: String) -> FilePath { root.appending("locks/\(key)/pylock.toml") }

    /// Makes a file by writing a temporary one beside its place and renaming it; keeps what another build put there meanwhile.
    func store(_ path: FilePath, write: (FilePath) async throws -> Void) async throws {
        let temporary = path.removingLastComponent().appending(".\(UUID().uuidString).partial")
        do {
            try FileManager.default.createDirectory(atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
            try await write(temporary)
            if rename(temporary.string, path.string) != 0 {
                // A folder that another build was faster to store is as good.
                let code = errno
                guard code == EEXIST || code == ENOTEMPTY else { throw LaminaError.system(code, "cannot store \(path)") }
                try? FileManager.default.removeItem(atPath: temporary.string)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary.string)
            throw error
        }
    }

    static func exists(_ path: FilePath) -> Bool { access(path.string, R_OK) == 0 }
}
