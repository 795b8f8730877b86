import Foundation
import LaminaErrors
import SystemPackage

/// A folder for what lasts as long as a piece of work: private copies, a tool's files.
package enum WorkFolder {
    /// Seconds after which what a killed process left is removed.
    private static let staleAge: TimeInterval = 24 * 60 * 60

    /// Runs work in a new folder below a parent that nobody else can read, and removes the folder. Its path is absolute.
    package static func with<T>(
        in parent: FilePath, isolation: isolated (any Actor)? = #isolation, _ work: (FilePath) async throws -> T
    ) async throws -> T {
        let files = FileManager.default
        let parent = parent.absolute
        let folder = parent.appending(UUID().uuidString)
        do {
            try files.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
        defer { try? files.removeItem(atPath: folder.string) }
        sweep(parent)
        return try await work(folder)
    }

    private static func sweep(_ parent: FilePath) {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: parent.string)) ?? [] {
            let path = parent.appending(name).string
            guard let modified = (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date,
                Date().timeIntervalSince(modified) > staleAge
            else { continue }
            try? files.removeItem(atPath: path)
        }
    }
}
