import ArgumentParser
import Execution
import Foundation
import Interpreters
import LambdaModel
import SystemPackage

/// `lamina runtimes`.
struct RuntimesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtimes",
        abstract: "List the runtimes whose interpreters this machine has.",
        discussion: """
            A server installs AWS's runtime client for a Python by itself at a function's first start; --prepare does it ahead.

            EXAMPLES
              lamina runtimes
              lamina runtimes --prepare python3.13
            """)

    @Option(help: "A runtime whose client is to be installed now.")
    var prepare: String?

    @OptionGroup var format: FormatOption

    func run() async throws {
        if let prepare { try await RuntimeClient.install(for: try Runtime(prepare)) }
        try format.print(
            RuntimeList(
                runtimes: PythonInterpreter.all().map { interpreter in
                    RuntimeList.Item(
                        runtime: "python3.\(interpreter.minor)", interpreter: interpreter.executable.string,
                        isPrepared: RuntimeClient.isInstalled(for: interpreter))
                }))
    }
}

/// What `lamina runtimes` prints.
private struct RuntimeList: Encodable, TableRenderable {
    var runtimes: [Item]

    struct Item: Encodable {
        var runtime: String
        var interpreter: String
        /// Whether the runtime client is installed.
        var isPrepared: Bool
    }

    var table: String {
        guard !runtimes.isEmpty else { return "no interpreter of a Lambda runtime is on this machine\n" }
        return TextTable(
            columns: [.left, .left, .left],
            rows: runtimes.map { [$0.runtime, $0.isPrepared ? "prepared" : "not prepared", $0.interpreter] }
        ).text
    }
}
