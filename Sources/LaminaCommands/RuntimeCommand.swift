import ArgumentParser
import LambdaModel
import LaminaErrors

/// `lamina runtime`.
struct RuntimeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime", abstract: "Say what a runtime's functions run in.", subcommands: [RuntimeAddCommand.self])
}

/// `lamina runtime add`.
struct RuntimeAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let a runtime's functions run in the root file system of an image.",
        discussion: """
            AWS's base images serve, and what is made from them. No container engine is needed.

            EXAMPLES
              lamina runtime add python3.12 --image public.ecr.aws/lambda/python:3.12
              lamina runtime add provided.al2023 --layout ./image:latest
              lamina runtime add nodejs20.x --rootfs /srv/nodejs20
            """)

    @Argument(help: "Such as python3.12.")
    var runtime: String

    @OptionGroup var image: RuntimeImageOptions

    func run() async throws {
        let runtime = try Runtime(runtime)
        guard let source = try await image.add(runtime) else {
            throw ValidationError("say what the runtime is to run in: --image, --layout or --rootfs")
        }
        try StandardOutput.write("\(runtime) runs in \(source.printable)\n")
    }
}
