import Foundation
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

extension LayerTree {
    /// Writes the files below a folder that is empty, symlinks last, so that nothing is written through one.
    ///
    /// - Throws: ``LaminaError`` `unsafe` for names and symlinks that leave the folder; `inputOutput`.
    func unpack(to root: FilePath) throws {
        var rules = PathRules()
        for path in paths {
            guard let file = files[path] else { continue }
            try rules.admit(path, file.kind)
            if case .symbolicLink(let target) = file.content.source { try PathRules.checkLink(path, target: target) }
        }
        try rules.checkParents()
        let stream = ContentStream()
        for path in paths {
            guard let file = files[path] else { continue }
            let place = root.pushing(FilePath(path))
            let folder = file.kind == .directory ? place : place.removingLastComponent()
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            if file.kind == .file { try write(file, to: place, stream) }
        }
        for path in paths {
            guard let file = files[path], file.kind == .symbolicLink else { continue }
            let target = try file.linkTarget()
            try PathRules.checkLink(path, target: target)
            guard symlink(target, root.pushing(FilePath(path)).string) == 0 else {
                throw LaminaError.system(errno, "cannot make the symlink \(path)")
            }
        }
    }

    private func write(_ file: LayerFile, to place: FilePath, _ stream: ContentStream) throws {
        do {
            let output = try FileDescriptor.open(
                place, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: FilePermissions(rawValue: CModeT(file.permissions & 0o777 | 0o400)))
            try output.closeAfter {
                try stream.read(file.content) { piece in
                    try output.writeAll(piece)
                    return true
                }
            }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(place)")
        }
    }
}
