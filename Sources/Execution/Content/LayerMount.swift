import SystemPackage

/// What a function sees at /opt: its layers' trees, merged, the later ones of the list on top.
struct LayerMount: Sendable {
    /// The folder to bind at /opt.
    let path: FilePath
    /// Nil where there is nothing to merge.
    private let overlay: OverlayMount?

    /// - Parameters:
    ///   - trees: The layers' folders in the function's order.
    ///   - folder: An empty folder that the mount may take.
    init(_ trees: [FilePath], at folder: FilePath) throws {
        // Two layers may have the same bytes, but overlayfs takes a folder once: the later place counts.
        var seen: Set<FilePath> = []
        let trees = trees.reversed().filter { seen.insert($0).inserted }
        overlay = trees.count > 1 ? try OverlayMount(trees, at: folder, explaining: "cannot merge \(trees.count) layers") : nil
        path = overlay?.path ?? trees.first ?? folder
    }

    func unmount() { overlay?.unmount() }
}
