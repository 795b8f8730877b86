import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// What starts the functions of a managed runtime in Lambda's base images.
public enum BaseImageProgram {
    /// The image's own client of the Runtime API. It finds the handler in `_HANDLER`.
    public static let path = "/var/runtime/bootstrap"

    /// Checks that a root file system has it, and the runtime's language; functions of provided runtimes bring their own.
    ///
    /// - Returns: The interpreter's version, such as `3.12.9` or only `3.12`; nil where nothing tells it.
    /// - Throws: ``LaminaError`` `unsupported`, saying what has it.
    static func check(_ runtime: Runtime, in root: FilePath, name: String) throws -> String? {
        guard runtime.family != .provided else { return nil }
        let root = try RootFolder(root)
        let advice = "Lambda's base images have it (public.ecr.aws/lambda/\(runtime.family.rawValue))"
        guard root.hasProgram(at: FilePath(path)) else {
            throw LaminaError(
                .unsupported, "\(name) has no program \(path), which starts the functions of \(runtime); \(advice)")
        }
        guard let language = runtime.family.languageName else { return nil }
        if let versions = ImageInterpreter.versions(of: runtime.family, in: root) {
            return versions.first { runtime.accepts(interpreterVersion: $0) } ?? versions.last
        }
        for other in Runtime.Family.allCases {
            guard let found = other.languageName, ImageInterpreter.versions(of: other, in: root) != nil else { continue }
            throw LaminaError(.unsupported, "\(name) has \(found), and \(runtime) needs \(language); \(advice)")
        }
        return nil
    }
}
