import Foundation
import LaminaErrors
import SystemPackage

/// Makes an empty file below the system's temporary folder that no other user may read, and removes it at the end.
///
/// - Parameter purpose: Part of the file's name.
package func withTemporaryFile<T>(_ purpose: String, _ body: (FilePath) async throws -> T) async throws -> T {
    let path = FilePath(FileManager.default.temporaryDirectory.path).appending("lamina-\(purpose)-\(UUID().uuidString)")
    do {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        try file.close()
    } catch let error as Errno {
        throw LaminaError.system(error.rawValue, "cannot write \(path)")
    }
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try await body(path)
}

/// Makes an empty folder below the system's temporary folder that no other user may read, and removes it at the end.
///
/// - Parameter purpose: Part of the folder's name.
package func withTemporaryFolder<T>(_ purpose: String, _ body: (FilePath) async throws -> T) async throws -> T {
    let path = FilePath(FileManager.default.temporaryDirectory.path).appending("lamina-\(purpose)-\(UUID().uuidString)")
    do {
        try FileManager.default.createDirectory(
            atPath: path.string, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
        throw LaminaError(.inputOutput, "cannot make the folder \(path)", cause: error)
    }
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try await body(path)
}
