import ArgumentParser
import LambdaModel
import LaminaErrors

/// `lamina runtime add`.
struct RuntimeAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Name what the functions of a runtime are run by, in the place of what would be found.",
        discussion: """
            An interpreter of another version than the runtime's is taken with a warning.

            EXAMPLES
              lamina runtime add python3.12 --interpreter ~/python/bin/python3.12
              lamina runtime add ruby3.2 --interpreter /usr/bin/ruby3.1
            """)

    @Argument(help: "Such as python3.12.")
    var runtime: String

    @OptionGroup var interpreter: RuntimeInterpreterOption

    func validate() throws {
        guard interpreter.isGiven else { throw ValidationError("say what the runtime is run by: --interpreter") }
    }

    func run() async throws {
        let runtime = try Runtime(runtime)
        let added = try await interpreter.add(runtime)
        try StandardOutput.write("\(runtime) runs with \(added.printable)\n")
    }
}
