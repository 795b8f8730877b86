import ArgumentParser
import ContainerImages
import LambdaModel
import LaminaErrors

/// `lamina runtime add`.
struct RuntimeAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Name what the functions of a runtime are run by, in the place of what would be found.",
        discussion: """
            An interpreter of another version than the runtime's is taken with a warning, also an image's. Of images, AWS's base images \
            serve, and what is made from them; no container engine is needed.

            EXAMPLES
              lamina runtime add ruby3.2 --interpreter /usr/bin/ruby3.1
              lamina runtime add python3.12 --image public.ecr.aws/lambda/python:3.12
              lamina runtime add provided.al2023 --layout ./image:latest
              lamina runtime add nodejs20.x --rootfs /srv/nodejs20
            """)

    @Argument(help: "Such as python3.12.")
    var runtime: String

    @OptionGroup var interpreter: RuntimeInterpreterOption
    @OptionGroup var image: RuntimeImageOptions

    func validate() throws {
        guard interpreter.isGiven != image.isGiven else {
            throw ValidationError("say what the runtime is run by: one of --interpreter, --image, --layout and --rootfs")
        }
    }

    func run() async throws {
        let runtime = try Runtime(runtime)
        if let added = try await image.add(runtime) {
            RuntimeWarnings.checkVersion(added.version, of: runtime)
            RuntimeWarnings.tell(added.failures)
            try StandardOutput.write("\(runtime) runs in \(added.source.printable)\n")
        } else {
            let added = try await interpreter.add(runtime)
            // An image that it took the place of.
            RuntimeWarnings.tell(ImageRuntimes().removeUnreferenced())
            try StandardOutput.write("\(runtime) runs with \(added.printable)\n")
        }
    }
}
