import Foundation
import LaminaErrors
import SystemPackage

/// Text files that say what to build.
enum SourceText {
    /// Bytes of the largest lock that is read; those of whole workspaces have a few megabytes.
    private static let limit = 64 << 20

    /// A file's text.
    ///
    /// - Throws: ``LaminaError`` `notFound`, `limitExceeded`, or `corrupt` for what is not UTF-8.
    static func read(_ path: FilePath) throws -> String {
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path.string)[.size] as? Int ?? 0
            guard size <= limit else {
                throw LaminaError(.limitExceeded, "\(path) has \(size) bytes, which is too much for a list of packages")
            }
            data = try Data(contentsOf: URL(fileURLWithPath: path.string))
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
        guard let text = String(data: data, encoding: .utf8) else { throw LaminaError(.corrupt, "\(path) is not UTF-8 text") }
        // Windows' editors begin a file with a byte order mark.
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }
}

extension FilePath {
    /// Whether a folder is there.
    static func isFolder(_ path: FilePath) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) && isFolder.boolValue
    }
}
