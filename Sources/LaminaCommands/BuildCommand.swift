import ArgumentParser
import Foundation
import LambdaModel
import LayerBuild
import SystemPackage

/// `lamina build`.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build a layer's zip from a requirements file, a project or a lock, without Docker.",
        discussion: """
            Packages are resolved for the runtime's platform, not for this machine's. The same locked inputs give the same bytes.

            EXAMPLES
              lamina build requirements.txt --runtime python3.13
              lamina build requirements.txt --runtime python3.12 --architecture arm64 --output layer.zip
              lamina build project/ --runtime python3.13 --extra fast --group production
              lamina build pylock.toml --runtime python3.13 --layout site-packages --format json
            """)

    @Argument(help: "A requirements.txt, pyproject.toml, uv.lock, poetry.lock, Pipfile.lock or pylock.toml, or a folder with one.")
    var source: String

    @Option(help: "The Lambda runtime, as in python3.13.")
    var runtime: String

    @Option(help: "x86_64 or arm64.")
    var architecture: Architecture = .x86_64

    @Option(name: .shortAndLong, help: "The zip to write.")
    var output: String = "layer.zip"

    @Option(help: "python: python/, for every Python runtime. site-packages: python/lib/python3.N/site-packages/.")
    var layout: PythonLayout = .python

    @Option(help: "Compile modules ahead: auto does where this machine has the runtime's Python and the layer stays below the limit.")
    var bytecode: BytecodeChoice = .auto

    @Option(help: "The CycloneDX bill of materials to write. Default: beside the zip, as NAME.cdx.json.")
    var sbom: String?

    @Option(name: .customLong("extra"), help: "Optional dependencies of a Python project to take too; give it once for each.")
    var extras: [String] = []

    @Option(name: .customLong("group"), help: "A dependency group of a Python project to take too; give it once for each.")
    var groups: [String] = []

    @Flag(help: "Resolve anew. A resolution is otherwise remembered for a day.")
    var upgrade = false

    @Flag(help: "Use nothing but the caches.")
    var offline = false

    @OptionGroup var format: FormatOption

    func run() async throws {
        var settings = BuildSettings()
        settings.layout = layout
        settings.bytecode = bytecode
        settings.sbom = sbom.map { FilePath($0) }
        settings.extras = extras
        settings.groups = groups
        settings.upgrade = upgrade
        settings.offline = offline
        let builder = LayerBuilder(
            [FilePath(source)], for: BuildTarget(runtime: try Runtime(runtime), architecture: architecture), settings)
        let terminal = ProgressLine()
        let report: BuildReport
        do {
            report = try await builder.build(to: FilePath(output)) { terminal.show($0) }
            terminal.finish()
        } catch {
            terminal.finish()
            throw error
        }
        try format.print(report)
    }
}

extension Architecture: ExpressibleByArgument {}
extension PythonLayout: ExpressibleByArgument {}
extension BytecodeChoice: ExpressibleByArgument {}
