import CLinux
import Foundation
import LaminaErrors
import SystemPackage

/// What a function sees at /opt, its layers' trees, merged, the later ones of the list on top; or at /var/task, one tree.
struct TreeMount: Sendable {
    /// The folder to bind.
    let path: FilePath
    private let isMounted: Bool

    /// As long as the kernel takes mount(2)'s options.
    private static let optionsLimit = 4095

    /// - Parameters:
    ///   - trees: Folders in the function's order.
    ///   - folder: Where they may be merged; it is made.
    init(_ trees: [FilePath], at folder: FilePath) throws {
        // Two layers may have the same bytes, but overlayfs takes a folder once: the later place counts.
        var seen: Set<FilePath> = []
        var trees = Array(trees.reversed().filter { seen.insert($0).inserted })
        if trees.count == 1, Self.isOpen(trees[0]) {
            (path, isMounted) = (trees[0], false)
            return
        }
        try SharedFile.makeFolder(folder)
        guard let topmost = trees.first else {
            (path, isMounted) = (folder, false)
            return
        }
        if !Self.isOpen(topmost) {
            // As in a zip, it is not for a folder to say what its root's mode is: that of an empty one on top counts.
            let top = FilePath("\(folder).top")
            try SharedFile.makeFolder(top)
            trees.insert(top, at: 0)
        }
        guard clinux_mount_overlay(folder.string, try Self.options(trees, beside: folder)) == 0 else {
            let code = errno
            if code == ELOOP, let (outer, inner) = Self.nested(trees) {
                throw LaminaError(.invalidArgument, "the layer \(inner) lies in the layer \(outer); overlayfs cannot merge them")
            }
            throw LaminaError.system(code, "cannot merge \(trees.map(\.string).joined(separator: ", "))")
        }
        (path, isMounted) = (folder, true)
    }

    func unmount() {
        if isMounted { _ = clinux_unmount(path.string) }
    }

    /// Whether every user may look into a folder.
    private static func isOpen(_ folder: FilePath) -> Bool {
        var status = stat()
        return stat(folder.string, &status) == 0 && status.st_mode & 0o055 == 0o055
    }

    /// Of overlayfs's lower folders the first is the topmost. ':' separates them, and ',' the options.
    private static func options(_ trees: [FilePath], beside folder: FilePath) throws -> String {
        func text(_ trees: [FilePath]) -> String {
            "lowerdir=" + trees.map { $0.string.map { "\\:,".contains($0) ? "\\\($0)" : String($0) }.joined() }.joined(separator: ":")
        }
        let plain = text(trees)
        guard plain.utf8.count > optionsLimit else { return plain }
        return text(
            try trees.enumerated().map { index, tree in
                let link = FilePath("\(folder).\(index)")
                guard symlink(tree.string, link.string) == 0 || errno == EEXIST else {
                    throw LaminaError.system(errno, "cannot make \(link)")
                }
                return link
            })
    }

    /// Two folders of which one lies in the other.
    private static func nested(_ trees: [FilePath]) -> (outer: FilePath, inner: FilePath)? {
        let resolved = trees.map { FilePath(URL(filePath: $0.string).resolvingSymlinksInPath().path) }
        for (outer, outerPlace) in zip(trees, resolved) {
            for (inner, place) in zip(trees, resolved) where place != outerPlace && place.starts(with: outerPlace) { return (outer, inner) }
        }
        return nil
    }
}
