import Foundation
import Interpreters
import SystemPackage

/// A folder of the user's cache that sandboxes see: made once, and kept until no sandbox was started with it for long.
struct CachedFolder: Sendable, Hashable {
    let path: FilePath

    /// How long a folder stays that nothing uses.
    private static let unusedTime = 7 * 86_400.0

    /// - Parameters:
    ///   - kind: The folder that it has with others like it.
    ///   - name: Other content has another name.
    init(_ kind: String, _ name: String) { path = CacheFolder.path().appending(kind).appending(name) }

    var isThere: Bool { access(path.string, R_OK) == 0 }

    /// The folder's path. It is made where it is not there, once for all who ask at the same time, and all users may read it then.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be made, and whatever `write` throws, which gets a path where nothing is yet.
    func install(_ write: @escaping @Sendable (FilePath) async throws -> Void) async throws -> FilePath {
        guard !Self.use(path) else { return path }
        try await Installations.shared.once(path) {
            guard !Self.use(path) else { return }
            Self.removeUnused(in: path.removingLastComponent())
            try await WholeFile.make(path) { partial in
                try await write(partial)
                try partial.makeReadable()
            }
        }
        return path
    }

    /// Notes that a folder is used now; false where it is gone.
    static func use(_ path: FilePath) -> Bool { utimes(path.string, nil) == 0 || access(path.string, R_OK) == 0 }

    /// Removes what was not used for long from the folder of a kind.
    static func removeUnused(in folder: FilePath) {
        let limit = Date().addingTimeInterval(-unusedTime)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
            let path = folder.appending(name).string
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            if let last = attributes?[.modificationDate] as? Date, last < limit { try? FileManager.default.removeItem(atPath: path) }
        }
    }
}
