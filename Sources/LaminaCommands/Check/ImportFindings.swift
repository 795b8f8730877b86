import Execution
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage

/// What a layer's modules say when they are imported in the sandbox.
struct ImportFindings {
    /// The modules that were tried.
    private(set) var modules: [String] = []
    private(set) var findings: [Finding] = []

    /// Unpacks the layers of a function, laid over one another, and imports what the first one offers.
    ///
    /// - Throws: ``LaminaError`` as `ImportCheck` does; `invalidArgument` where the layer offers nothing to import.
    init(of trees: [LayerTree], runtime: Runtime, architecture: Architecture, unpackingTo folder: FilePath) async throws {
        let check = try await ImportCheck(runtime: runtime, architecture: architecture)
        guard let tree = trees.first else { return }
        modules = runtime.pythonMinor.map { PythonModules(of: tree, minor: $0).names } ?? LayerPackages(of: tree).names(.node)
        guard !modules.isEmpty else {
            throw LaminaError(.invalidArgument, "\(tree.name) offers nothing that \(runtime) could import")
        }
        try trees.dropFirst().reduce(tree) { $0.overlaid(with: $1) }.unpack(to: folder)
        for result in try await check.results(of: modules, layer: folder) {
            let path = Self.place(of: result.module, in: tree)
            switch result.outcome {
            case .imported: continue
            case .needsRuntimePackage(let package):
                findings.append(
                    Finding(
                        .importFailed, .note, path: path, subject: result.module,
                        reason: "imports \(package), which Lambda's runtime brings and this machine's has not: it cannot be tried further",
                        fix: "nothing, if the function's runtime has it"))
            default:
                findings.append(
                    Finding(
                        .importFailed, .error, path: path, subject: result.module, reason: "cannot be imported: \(result.outcome)",
                        fix: "see what else is found; a package that is missing belongs into the layer too"))
            }
        }
    }

    private static func place(of module: String, in tree: LayerTree) -> String {
        let python = "python/" + module.replacing(".", with: "/")
        let folders = [python, "nodejs/node_modules/\(module)"]
        return folders.first { tree.hasFolder($0) } ?? tree.paths.first { $0.hasPrefix(python + ".") } ?? module
    }
}
