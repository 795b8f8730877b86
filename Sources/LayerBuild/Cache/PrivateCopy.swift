import Foundation
import LaminaErrors
import SystemPackage

/// Copies of what a tool needs of a user's folder, so that it writes into no folder of theirs.
enum PrivateCopy {
    /// Copies a file or a folder with what is in it, but for entries of some names; symlinks stay symlinks.
    ///
    /// - Throws: ``LaminaError`` `inputOutput`, naming what cannot be copied.
    static func make(of source: FilePath, at copy: FilePath, excluding names: Set<String> = []) throws {
        let files = FileManager.default
        do {
            var status = stat()
            guard lstat(source.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(source)") }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                // Pipes and sockets are of no use to a tool.
                guard [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT) else { return }
                try files.createDirectory(atPath: copy.removingLastComponent().string, withIntermediateDirectories: true)
                try? files.removeItem(atPath: copy.string)
                return try files.copyItem(atPath: source.string, toPath: copy.string)
            }
            try files.createDirectory(atPath: copy.string, withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: source.string) where !names.contains(name) {
                try make(of: source.appending(name), at: copy.appending(name), excluding: names)
            }
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.inputOutput, "cannot copy \(source)", cause: error)
        }
    }
}
