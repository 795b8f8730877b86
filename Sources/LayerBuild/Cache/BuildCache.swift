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

    /// Where downloads grow until they are whole.
    var partials: FilePath { root.appending("partial") }

    /// Where builds have their private copies.
    var work: FilePath { root.appending("work") }

    /// A lock's place, by the key of what it was resolved from.
    func lock(key: String) -> FilePath { root.appending("locks/\(key)/pylock.toml") }

    /// The folder of a wheel that was built from a source tree, by the key of what it was built from.
    func tree(key: String) -> FilePath { root.appending("trees/\(key)") }

    static func exists(_ path: FilePath) -> Bool { access(path.string, R_OK) == 0 }
}
