import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// A folder of package files and of what was made from them, each under the SHA-256 of the file it comes from.
///
/// Whatever enters is written beside its place and renamed, so that parallel builds share the folder and none sees half a file.
public struct PackageCache: Sendable {
    public let root: FilePath

    /// - Parameter root: A folder, which is made where it is not there.
    public init(root: FilePath) {
        // Tools are run in other folders than the caller's.
        self.root = root.absolute
    }

    /// The folder of everything that is known of a file.
    func folder(of sha256: SHA256Digest) -> FilePath { root.appending("\(sha256.hexadecimal.prefix(2))/\(sha256)") }

    /// The file or folder of a name below a hash, made on its first use by a closure that is given a temporary path.
    func item(
        _ name: String, of sha256: SHA256Digest, isolation: isolated (any Actor)? = #isolation, make: (FilePath) async throws -> Void
    ) async throws -> FilePath {
        let path = folder(of: sha256).appending(name)
        if access(path.string, R_OK) == 0 { return path }
        try await WholeFile.make(path, make)
        return path
    }

    /// Makes the folder itself.
    func makeRoot() throws {
        do {
            try FileManager.default.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot write to the cache \(root)", cause: error)
        }
    }

    /// Where work in progress has its files.
    var work: FilePath { root.appending("work") }
}
