import ArgumentParser
import ContainerImages
import LambdaModel
import LaminaErrors
import SystemPackage

/// `--image`, `--layout` and `--rootfs` of `lamina runtime add`: a root file system for a runtime.
struct RuntimeImageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("An image in a registry, such as public.ecr.aws/lambda/python:3.12.", valueName: "ref"))
    var image: String?

    @Option(help: ArgumentHelp("An image in a folder, as an OCI image layout.", valueName: "dir[:tag]"))
    var layout: String?

    @Option(help: ArgumentHelp("A folder with a root file system, used where it is and never changed.", valueName: "dir"))
    var rootfs: String?

    @Option(help: "Of an image for several platforms, the architecture: x86_64 or arm64; by default this machine's.")
    var architecture: String?

    @Flag(help: "Speak to the registry without TLS, as to one on this machine.")
    var plainHTTP = false

    /// Whether one of the three is given.
    var isGiven: Bool { image != nil || layout != nil || rootfs != nil }

    func validate() throws {
        guard [image, layout, rootfs].filter({ $0 != nil }).count < 2 else {
            throw ValidationError("give only one of --image, --layout and --rootfs")
        }
        guard !plainHTTP || image != nil else { throw ValidationError("--plain-http goes with --image") }
        guard architecture == nil || rootfs == nil else { throw ValidationError("--architecture does not go with --rootfs") }
    }

    /// Gives the runtime its root file system, with progress on standard error; nil where none of the three is given.
    ///
    func add(_ runtime: Runtime) async throws -> AddedImage? {
        guard let source = try source() else { return nil }
        let line = TransferLine("downloading")
        defer { line.finish() }
        return try await ImageRuntimes(notice: RuntimeWarnings.write).add(
            runtime, source, architecture: try chosenArchitecture(), progress: line.show)
    }

    private func source() throws -> RuntimeImage? {
        if let image { return .registry(try ImageReference(image), isPlain: plainHTTP) }
        if let layout { return .layout(layout) }
        return rootfs.map { .folder(FilePath($0)) }
    }

    private func chosenArchitecture() throws -> Architecture {
        guard let architecture else { return .host }
        guard let chosen = Architecture(rawValue: architecture) else {
            throw LaminaError(.invalidArgument, "no architecture is called '\(architecture)'; Lambda has x86_64 and arm64")
        }
        return chosen
    }
}
