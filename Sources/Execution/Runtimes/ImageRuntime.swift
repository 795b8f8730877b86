import ContainerImages
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A runtime in a root file system of its own: an image's, or a folder that a user has named.
enum ImageRuntime {
    /// - Parameters:
    ///   - folder: The root file system. What it lacks to bind others to is laid over it.
    ///   - version: Of its interpreter, where that is known.
    /// - Throws: ``LaminaError`` `notFound` where the folder is not there any more.
    static func prepare(_ runtime: Runtime, folder: FilePath, version: String?) throws -> PreparedRuntime {
        try PreparedRuntime(
            root: .image(ImageRoots.shared.root(folder)),
            entrypoint: runtime.family == .provided ? .bootstrap : .command([BaseImageProgram.path]),
            version: "\(runtime.family.rawValue):\(runtime.version)" + (version.map { ".v\($0)" } ?? ""))
    }
}
