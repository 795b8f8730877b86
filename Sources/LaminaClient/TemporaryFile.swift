import Foundation
import SystemPackage

/// Gives a path for a file of one's own below the system's temporary folder, and removes what is there at the end.
///
/// - Parameter purpose: Part of the file's name.
package func withTemporaryFile<T>(_ purpose: String, _ body: (FilePath) async throws -> T) async throws -> T {
    let path = FilePath(FileManager.default.temporaryDirectory.path).appending("lamina-\(purpose)-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try await body(path)
}
