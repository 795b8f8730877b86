import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// A folder's files, symlinks and empty folders as entries of a zip.
package struct FolderContents {
    package private(set) var entries: [ZipContent] = []

    /// - Parameters:
    ///   - destination: The zip's folder that the contents go into; empty for its root.
    ///   - progress: Told the bytes that were found so far, of an unknown total.
    /// - Throws: ``LaminaError`` `unsupported` for pipes, sockets and devices; `unsafe` for symlinks that leave the folder; `inputOutput`.
    package init(
        _ folder: FilePath, into destination: String = "", _ progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws {
        var size = 0
        let items = try FolderWalk(folder) { item in
            size += item.size
            progress(size, 0)
            return true
        }.items
        for (index, item) in items.enumerated() {
            let isEmpty = index + 1 == items.count || !items[index + 1].path.hasPrefix("\(item.path)/")
            guard item.kind != .directory || isEmpty else { continue }
            let path = destination.isEmpty ? item.path : "\(destination)/\(item.path)"
            entries.append(ZipContent(path: path, isExecutable: item.kind == .file && item.isExecutable, source: try Self.source(item)))
        }
    }

    /// One file as an entry; a symlink counts as what it points at.
    static func file(_ path: FilePath, as entry: String) throws -> ZipContent {
        guard let target = path.resolved else { throw LaminaError.system(errno, "cannot read \(path)") }
        let item = try FolderWalk.Item(target, path: entry)
        guard item.kind == .file else { throw unsupported(path) }
        return ZipContent(path: entry, isExecutable: item.isExecutable, source: .file(path, size: item.size))
    }

    private static func source(_ item: FolderWalk.Item) throws -> ZipContent.Source {
        switch item.kind {
        case .file: return .file(item.location, size: item.size)
        case .directory: return .directory
        case .special: throw unsupported(item.location)
        case .symbolicLink:
            let target = item.target ?? ""
            do {
                try PathRules.checkLink(item.path, target: target)
            } catch {
                throw LaminaError(
                    .unsafe, "\(item.location) is a symlink to \(target), which is outside of what goes into the layer: put a copy there")
            }
            return .symbolicLink(target)
        }
    }

    private static func unsupported(_ path: FilePath) -> LaminaError {
        LaminaError(.unsupported, "\(path) is neither a file, a folder nor a symlink: a layer cannot hold it")
    }
}
