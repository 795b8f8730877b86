import CLinux
import Foundation
import LaminaErrors
import SystemPackage

/// An overlay of folders that are only read, in this process's own mount namespace.
struct OverlayMount: Sendable {
    let path: FilePath

    /// As long as mount(2) takes its options.
    private static let optionsLimit = 4095

    /// - Parameters:
    ///   - folders: The topmost first; no two are the same.
    ///   - path: An empty folder that the mount may take. Links to folders with long paths are made beside it.
    ///   - failure: What a failure means, such as `cannot merge 3 layers`.
    /// - Throws: ``LaminaError`` `inputOutput` with the failure; `invalidArgument` for a folder that lies in another.
    init(_ folders: [FilePath], at path: FilePath, explaining failure: String) throws {
        var options = Self.options(folders)
        if options.utf8.count > Self.optionsLimit { options = Self.options(try Self.links(to: folders, beside: path)) }
        guard clinux_mount_overlay(path.string, options) == 0 else {
            let code = errno
            if code == ELOOP, let (outer, inner) = Self.nested(folders) {
                throw LaminaError(.invalidArgument, "\(failure): \(inner) lies in \(outer)")
            }
            throw LaminaError.system(code, failure)
        }
        self.path = path
    }

    /// Those who use it already keep it until they end.
    func unmount() { _ = clinux_unmount(path.string) }

    /// The mount's options, in which ':' separates folders, and ',' options.
    private static func options(_ folders: [FilePath]) -> String {
        let escaped = folders.map { folder in
            folder.string.reduce(into: "") { $0 += ["\\", ":", ","].contains($1) ? "\\\($1)" : String($1) }
        }
        return "lowerdir=\(escaped.joined(separator: ":"))"
    }

    private static func links(to folders: [FilePath], beside path: FilePath) throws -> [FilePath] {
        try folders.enumerated().map { index, folder in
            let link = FilePath("\(path).\(index)")
            guard symlink(folder.string, link.string) == 0 else { throw LaminaError.system(errno, "cannot make \(link)") }
            return link
        }
    }

    /// Two folders of which one lies in the other.
    private static func nested(_ folders: [FilePath]) -> (outer: FilePath, inner: FilePath)? {
        let places = folders.map { FilePath(URL(filePath: $0.string).resolvingSymlinksInPath().path) }
        for (outer, outerPlace) in zip(folders, places) {
            for (inner, place) in zip(folders, places) where place != outerPlace && place.starts(with: outerPlace) { return (outer, inner) }
        }
        return nil
    }
}
