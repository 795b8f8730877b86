import Foundation
import LaminaErrors
import SystemPackage
import ZipArchive

/// Copies of what a tool needs of a user's folder, so that it writes into no folder of theirs.
enum PrivateCopy {
    /// Copies a file or a folder with what is in it, but for entries of some names; symlinks stay symlinks.
    ///
    /// - Throws: ``LaminaError`` `inputOutput`, naming what cannot be copied.
    static func make(of source: FilePath, at copy: FilePath, excluding names: Set<String> = []) throws {
        let item = try FolderWalk.Item(source, path: "")
        try make(of: item, at: copy)
        guard item.kind == .directory else { return }
        for item in try FolderWalk(source, where: { !names.contains($0.name) }).items {
            try make(of: item, at: copy.pushing(FilePath(item.path)))
        }
    }

    private static func make(of item: FolderWalk.Item, at copy: FilePath) throws {
        let files = FileManager.default
        do {
            switch item.kind {
            case .directory: try files.createDirectory(atPath: copy.string, withIntermediateDirectories: true)
            case .file, .symbolicLink:
                try files.createDirectory(atPath: copy.removingLastComponent().string, withIntermediateDirectories: true)
                try? files.removeItem(atPath: copy.string)
                try files.copyItem(atPath: item.location.string, toPath: copy.string)
            // Pipes and sockets are of no use to a tool.
            case .special: break
            }
        } catch {
            throw LaminaError(.inputOutput, "cannot copy \(item.location)", cause: error)
        }
    }
}
