import LambdaModel
import LaminaErrors
import SystemPackage

/// The handler of a function whose code has the file that AWS's console begins one with.
enum DefaultHandler {
    /// - Throws: ``LaminaError`` `invalidArgument` where the code has no such file, naming the files that it has.
    static func find(for runtime: Runtime, in code: RunContent) throws -> String {
        // A custom runtime may do with it what it wants.
        if runtime.family == .provided { return "bootstrap" }
        let (stem, function, extensions): (String, String, [String]) =
            switch runtime.family {
            case .python: ("lambda_function", "lambda_handler", ["py"])
            case .nodejs: ("index", "handler", ["js", "mjs", "cjs"])
            case .ruby: ("lambda_function", "lambda_handler", ["rb"])
            default: throw LaminaError(.invalidArgument, "give --handler, as in --handler example.Handler::handleRequest")
            }
        let modules = code.topFiles.map { FilePath($0) }.filter { extensions.contains($0.extension ?? "") }
        if modules.contains(where: { $0.stem == stem }) { return "\(stem).\(function)" }
        let found = modules.isEmpty ? "no module at its top" : modules.prefix(10).map(\.string).joined(separator: ", ")
        throw LaminaError(
            .invalidArgument,
            """
            give --handler, as in --handler \(modules.first?.stem ?? "app").handler for the function handler of \
            \(modules.first?.string ?? "app." + extensions[0]): \(code.name) has \(found)
            """)
    }
}
