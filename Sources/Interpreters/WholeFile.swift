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
        let files = FileManager.default
        let folder = path.removingLastComponent()
        let temporary = folder.appending(".\(UUID().uuidString).partial")
        do {
            if !folder.isEmpty { try files.createDirectory(atPath: folder.string, withIntermediateDirectories: true) }
            let result = try await write(temporary)
            if rename(temporary.string, path.string) != 0 {
                let code = errno
                guard code == EEXIST || code == ENOTEMPTY else { throw LaminaError.system(code, "cannot write \(path)") }
                try files.removeItem(atPath: temporary.string)
            }
            return result
        } catch {
            try? files.removeItem(atPath: temporary.string)
            throw (error as? CocoaError).map { LaminaError(.inputOutput, "cannot write \(path)", cause: $0) } ?? error
        }
    }
}
