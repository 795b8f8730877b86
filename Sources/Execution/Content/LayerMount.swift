import CLinux
import Foundation
import LaminaErrors
import SystemPackage

/// What a function sees at /opt: its layers' trees, merged, the later ones of the list on top.
struct LayerMount: Sendable {
    /// The folder to bind at /opt.
    let path: FilePath
    private let isMounted: Bool

    /// - Parameters:
    ///   - trees: The layers' folders in the function's order.
    ///   - folder: An empty folder that the mount may take.
    init(_ trees: [FilePath], at folder: FilePath) throws {
        // Two layers may have the same bytes, but overlayfs takes a folder once: the later place counts.
        var seen: Set<FilePath> = []
        let trees = Array(trees.reversed().filter { seen.insert($0).inserted }.reversed())
        switch trees.count {
        case 0:
            (path, isMounted) = (folder, false)
        case 1:
            (path, isMounted) = (trees[0], false)
        default:
            // Of overlayfs's lower folders the first is the topmost. ':' separates them, and ',' the options.
            let lower = trees.reversed().map { $0.string.map { "\\:,".contains($0) ? "\\\($0)" : String($0) }.joined() }.joined(
                separator: ":")
            guard clinux_mount_overlay(folder.string, "lowerdir=\(lower)") == 0 else {
                throw LaminaError.system(errno, "cannot merge \(trees.count) layers")
            }
            (path, isMounted) = (folder, true)
        }
    }

    func unmount() {
        if isMounted { _ = clinux_unmount(path.string) }
    }
}
