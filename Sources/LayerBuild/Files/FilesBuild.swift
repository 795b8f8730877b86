import LaminaErrors
import SystemPackage

/// A file, or a folder's contents, as they lie.
struct FilesBuild: SourceBuild {
    var path: FilePath
    var isFolder: Bool
    /// The layer's folder; empty for its root.
    var destination: String

    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        guard !isFolder else {
            let contents = try FolderContents(path, into: destination)
            guard !contents.entries.isEmpty else {
                throw LaminaError(.invalidArgument, "\(path) is empty: nothing of it goes into a layer")
            }
            return LayerContent(entries: contents.entries)
        }
        let name = path.lastComponent?.string ?? ""
        return LayerContent(entries: [try FolderContents.file(path, as: destination.isEmpty ? name : "\(destination)/\(name)")])
    }
}
