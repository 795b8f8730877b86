import ContainerImages
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A runtime in a root file system of its own: an image's, or a folder that a user has named.
enum ImageRuntime {
    /// - Parameter folder: The root file system. What it lacks to bind others to is laid over it.
    /// - Throws: ``LaminaError`` `notFound` where the folder is not there any more.
    static func prepare(_ runtime: Runtime, folder: FilePath) throws -> PreparedRuntime {
        try PreparedRuntime(
            root: .image(ImageRoots.shared.root(folder)),
            entrypoint: runtime.family == .provided ? .bootstrap : .command([BaseImageProgram.path]),
            version: "\(runtime.family.rawValue):\(runtime.version)")
    }
}
