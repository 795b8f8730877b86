import ArgumentParser
import ContainerImages
import Interpreters
import LambdaModel
import LaminaErrors

/// `lamina runtime remove`.
struct RuntimeRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget what was named for a runtime; it is run by what is found again.",
        discussion: """
            EXAMPLES
              lamina runtime remove ruby3.2
            """)

    @Argument(help: "Such as ruby3.2.")
    var runtime: String

    func run() async throws {
        let runtime = try Runtime(runtime)
        try AddedRuntimes.update { added in
            guard added[runtime] != nil else { throw LaminaError(.notFound, "nothing was added for \(runtime)") }
            added[runtime] = nil
        }
        RuntimeWarnings.tell(ImageRuntimes().removeUnreferenced())
    }
}
