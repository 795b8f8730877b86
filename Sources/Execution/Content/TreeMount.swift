import Foundation
import SystemPackage

/// What a function sees at /opt, its layers' trees, merged, the later ones of the list on top; or at /var/task, one tree.
struct TreeMount: Sendable {
    /// The folder to bind.
    let path: FilePath
    private let overlay: OverlayMount?

    /// - Parameters:
    ///   - trees: Folders in the function's order.
    ///   - folder: Where they may be merged; it is made.
    init(_ trees: [FilePath], at folder: FilePath) throws {
        // Two layers may have the same bytes, but overlayfs takes a folder once: the later place counts.
        var seen: Set<FilePath> = []
        var trees = trees.reversed().filter { seen.insert($0).inserted }
        if trees.count == 1, Self.isOpen(trees[0]) {
            (path, overlay) = (trees[0], nil)
            return
        }
        try SharedFile.makeFolder(folder)
        path = folder
        guard let topmost = trees.first else {
            overlay = nil
            return
        }
        if !Self.isOpen(topmost) {
            // As in a zip, it is not for a folder to say what its root's mode is: that of an empty one on top counts.
            let top = FilePath("\(folder).top")
            try SharedFile.makeFolder(top)
            trees.insert(top, at: 0)
        }
        overlay = try OverlayMount(trees, at: folder, explaining: "cannot merge the layers")
    }

    func unmount() { overlay?.unmount() }

    /// Whether every user may look into a folder.
    private static func isOpen(_ folder: FilePath) -> Bool {
        var status = stat()
        return stat(folder.string, &status) == 0 && status.st_mode & 0o055 == 0o055
    }
}
