import Interpreters
import LambdaModel

/// A Ruby of this machine with a runtime client of ours.
enum RubyRuntime {
    private static let client = ScriptClient(
        "ruby",
        [
            "bootstrap.rb": PackageResources.bootstrap_rb,
            "connection.rb": PackageResources.connection_rb,
            "error_report.rb": PackageResources.error_report_rb,
            "lambda_context.rb": PackageResources.lambda_context_rb,
            "lambda_handler.rb": PackageResources.lambda_handler_rb,
            "lambda_logger.rb": PackageResources.lambda_logger_rb,
            "late_constants.rb": PackageResources.late_constants_rb,
            "marshaller.rb": PackageResources.marshaller_rb,
            "runtime_api.rb": PackageResources.runtime_api_rb,
        ])

    /// Finds the interpreter and writes the client where it is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter, `inputOutput` when the client cannot be written.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        let ruby = try await RubyInterpreter.find(for: runtime)
        let language = LanguageFolder(ruby)
        return PreparedRuntime(
            root: .machine(try views.view(runtime.operatingSystem, language), language, runtime: try await client.install()),
            entrypoint: .command(["/var/lang/bin/ruby", "/var/runtime/bootstrap.rb"]),
            version: "ruby:\(runtime.version).v\(ruby.version)",
            notices: [AddedRuntimes.change(of: runtime, to: ruby.version)].compactMap { $0 })
    }
}
