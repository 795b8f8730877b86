import LambdaModel
import LaminaErrors
import SystemPackage

/// What starts the functions of a managed runtime in Lambda's base images.
public enum BaseImageProgram {
    /// The image's own client of the Runtime API. It finds the handler in `_HANDLER`.
    public static let path = "/var/runtime/bootstrap"

    /// Checks that a root file system has it; functions of provided runtimes bring their own.
    ///
    /// - Throws: ``LaminaError`` `unsupported`, saying what has it.
    static func check(_ runtime: Runtime, in root: FilePath, name: String) throws {
        guard runtime.family != .provided, try !RootFolder(root).hasProgram(at: FilePath(path)) else { return }
        throw LaminaError(
            .unsupported,
            "\(name) has no program \(path), which starts the functions of \(runtime); Lambda's base images have it (public.ecr.aws/lambda/\(runtime.family.rawValue))"
        )
    }
}
