import Foundation
import LaminaErrors
import SystemPackage

/// Files and folders that are there whole or not at all.
package enum WholeFile {
    /// Makes a file or folder under a temporary name beside its place and renames it at the end; nothing is left of a failure.
    ///
    /// A file takes the place of what was there. A folder that another process was faster to make stays.
    ///
    /// - Throws: ``LaminaError`` `inputOutput`, and whatever `write` throws.
    package static func make<T>(
        _ path: FilePath, isolation: isolated (any Actor)? = #isolation, _ write: (FilePath) async throws -> T
    ) async throws -> T {
        let temporary = temporary(path)
        do {
            try makeFolder(of: path)
            let result = try await write(temporary)
            try place(temporary, path)
            return result
        } catch {
            throw discard(temporary, path, error)
        }
    }

    /// The same without waiting for anything.
    package static func makeAtOnce<T>(_ path: FilePath, _ write: (FilePath) throws -> T) throws -> T {
        let temporary = temporary(path)
        do {
            try makeFolder(of: path)
            let result = try write(temporary)
            try place(temporary, path)
            return result
        } catch {
            throw discard(temporary, path, error)
        }
    }

    private static func temporary(_ path: FilePath) -> FilePath {
        path.removingLastComponent().appending(".\(UUID().uuidString).partial")
    }

    private static func makeFolder(of path: FilePath) throws {
        let folder = path.removingLastComponent()
        if !folder.isEmpty { try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true) }
    }

    private static func place(_ temporary: FilePath, _ path: FilePath) throws {
        guard rename(temporary.string, path.string) != 0 else { return }
        let code = errno
        guard code == EEXIST || code == ENOTEMPTY else { throw LaminaError.system(code, "cannot write \(path)") }
        try FileManager.default.removeItem(atPath: temporary.string)
    }

    private static func discard(_ temporary: FilePath, _ path: FilePath, _ error: any Error) -> any Error {
        try? FileManager.default.removeItem(atPath: temporary.string)
        return (error as? CocoaError).map { LaminaError(.inputOutput, "cannot write \(path)", cause: $0) } ?? error
    }
}
