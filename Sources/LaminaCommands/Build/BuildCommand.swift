import ArgumentParser
import Foundation
import LambdaModel
import LayerBuild
import SystemPackage

/// `lamina build`.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build a layer's zip from requirements, projects, folders and files, without Docker.",
        discussion: """
            Packages are resolved for the runtime's platform, not for this machine's. The same locked inputs give the same bytes.

            SOURCES
              What a source is follows from its name and the runtime. A folder stands for the project file in it.
              Python  requirements.txt, pyproject.toml, pylock.toml, uv.lock, poetry.lock, Pipfile.lock
              Node    a folder with a package.json, and its package-lock.json
              Ruby    a folder with a Gemfile, and its Gemfile.lock; a folder of Ruby files goes to ruby/lib
              Java    a folder with a pom.xml or build.gradle: its dependencies; jars, or a folder of them
              Files   a folder that lies as a layer (it holds bin, lib, python, nodejs, java, ruby or extensions) goes in as it lies;
                      a shared object goes to lib, an executable to bin.
              PATH=FOLDER puts a file, or a folder's contents, into that folder of the layer, as they lie; '.' is the layer's root.
              The last '=' counts: a path that has one itself is written 'PATH='. Where two sources hold one path, the later wins.

            EXAMPLES
              lamina build requirements.txt --runtime python3.13
              lamina build requirements.txt --runtime python3.12 --architecture arm64 --output layer.zip
              lamina build pylock.toml --runtime python3.13 --layout site-packages --format json
              lamina build requirements.txt --runtime python3.13 --complete --slim --exclude '*.md'
              lamina build requirements.txt ./ffmpeg=bin ./my-extension=extensions --runtime python3.13
            """)

    @Argument(
        help: ArgumentHelp("A project file, a folder or a file, and where in the layer it goes: PATH or PATH=FOLDER.", valueName: "source"),
        completion: .file(), transform: { try BuildSource(parsing: $0) })
    var sources: [BuildSource]

    @Option(help: "The Lambda runtime, as in python3.13.")
    var runtime: String

    @Option(help: "x86_64 or arm64.")
    var architecture: Architecture = .x86_64

    @Option(name: .shortAndLong, help: "The zip to write.")
    var output: String = "layer.zip"

    @Option(
        help: ArgumentHelp(
            """
            python: python/, for every Python runtime. site-packages: python/lib/python3.N/site-packages/. \
            nodejs: nodejs/node_modules/, for every Node runtime. nodejs-version: nodejs/nodeNN/node_modules/. \
            (default: python, nodejs)
            """, valueName: "layout"))
    var layout: LayoutChoice?

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

    @Option(
        name: .customLong("exclude"), help: "A pattern of paths to leave out, as in tests or 'python/**/*.md'; give it once for each.",
        transform: { try PathPattern($0) })
    var exclusions: [PathPattern] = []

    @Flag(help: "Leave out tests, type stubs, static archives and headers.")
    var slim = false

    @Flag(help: "Take debug symbols out of binaries.")
    var strip = false

    @Flag(help: "Bring the shared libraries that the layer needs and Lambda lacks, from Debian's packages by apt or --complete-from.")
    var complete = false

    @Option(
        help:
            "Where libraries come from: apt, or an RPM repository such as Amazon Linux 2023's, by its URL, path or mirror list. Implies --complete."
    )
    var completeFrom: String?

    @Option(name: .customLong("gpg-key"), help: "A public key that the repository's packages have to be signed by; give it once for each.")
    var keys: [String] = []

    @Flag(help: "Write a completed layer that would fail on Lambda all the same.")
    var allow = false

    @OptionGroup var format: FormatOption

    func validate() throws {
        guard keys.isEmpty || complete || completeFrom != nil else {
            throw ValidationError("--gpg-key is for the packages of an RPM repository: name it with --complete-from")
        }
    }

    func run() async throws { try await interruptible { try await build() } }

    private func build() async throws {
        var settings = BuildSettings()
        let runtime = try Runtime(runtime)
        try layout?.apply(to: &settings, for: runtime)
        settings.bytecode = bytecode
        settings.sbom = sbom.map { FilePath($0) }
        settings.extras = extras
        settings.groups = groups
        settings.upgrade = upgrade
        settings.offline = offline
        settings.exclusions = exclusions
        settings.slim = slim
        settings.strip = strip
        settings.allowsErrors = allow
        if complete || completeFrom != nil {
            settings.completion = try LibraryOrigin(completeFrom ?? "", keys: keys.map { FilePath($0) })
        }
        let builder = LayerBuilder(
            sources, for: BuildTarget(runtime: runtime, architecture: architecture), settings)
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
extension BytecodeChoice: ExpressibleByArgument {}
