import ArgumentParser
import Foundation
import LambdaModel
import LaminaErrors
import LayerBuild
import SystemPackage

/// `lamina build`.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build a layer's zip from requirements, projects, folders and files, without Docker.",
        discussion: """
            Packages are resolved for the runtime's platform, not for this machine's. The same locked inputs give the same bytes.
            What is built is checked as lamina check does. With several runtimes or architectures there is one zip where the content
            allows it, else one each, as in layer-python3.12-arm64.zip.

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

            LAMINA.TOML
              Without a source, the layers of the lamina.toml in this folder are built, each a table:
                [layers.opencv]
                sources = ["requirements.txt"]      # paths from the file's folder on, as above
                runtimes = ["python3.12", "python3.13"]
                architectures = ["x86_64"]          # optional, as are license, description, exclude, slim, strip, bytecode,
                exclude = ["*.md"]                  # layout, complete (true, or where from) and output (default NAME.zip)

            EXAMPLES
              lamina build requirements.txt --runtime python3.13
              lamina build requirements.txt --runtime python3.12 --runtime python3.13 --architecture arm64 --output layer.zip
              lamina build pylock.toml --runtime python3.13 --layout site-packages --format json
              lamina build requirements.txt --runtime python3.13 --complete --slim --exclude '*.md'
              lamina build requirements.txt ./ffmpeg=bin ./my-extension=extensions --runtime python3.13
              lamina build --watch
            """)

    @Argument(
        help: ArgumentHelp("A project file, a folder or a file, and where in the layer it goes: PATH or PATH=FOLDER.", valueName: "source"),
        completion: .file(), transform: { try BuildSource(parsing: $0) })
    var sources: [BuildSource] = []

    @Option(name: .customLong("runtime"), help: "The Lambda runtime, as in python3.13; give it once for each.")
    var runtimes: [String] = []

    @Option(name: .customLong("architecture"), help: "x86_64 or arm64; give it once for each. (default: x86_64)")
    var architectures: [Architecture] = []

    @Option(name: .shortAndLong, help: "The zip to write. (default: layer.zip)")
    var output: String?

    @Option(help: "Of a lamina.toml, the one layer to build.")
    var layer: String?

    @Flag(help: "Build again whenever a source changes, until Ctrl-C.")
    var watch = false

    @OptionGroup var options: BuildOptions
    @OptionGroup var format: FormatOption

    func validate() throws {
        if sources.isEmpty {
            guard runtimes.isEmpty, architectures.isEmpty, output == nil else {
                throw ValidationError("there is no source: name one, or leave --runtime, --architecture and --output to lamina.toml")
            }
        } else {
            guard !runtimes.isEmpty else { throw ValidationError("give --runtime, as in --runtime python3.13") }
            guard layer == nil else { throw ValidationError("--layer names one of lamina.toml's layers: give it without a source") }
        }
    }

    func run() async throws { try await interruptible { try await build() } }

    private func build() async throws {
        guard watch else { return try await build(try jobs()) }
        var watcher = SourceWatcher()
        while true {
            do {
                let jobs = try jobs()
                try watcher.watch(
                    jobs.flatMap { $0.builder.sources.map(\.path) } + (sources.isEmpty ? [manifest] : []), outputs: jobs.map(\.output))
                try await build(jobs)
            } catch let error as LaminaError {
                // What is wrong now may be mended by the next change.
                StandardError.write("lamina: \(error)\n")
            }
            StandardError.write("watching for changes\n")
            try await watcher.change()
        }
    }

    private var manifest: FilePath { FilePath(LayerManifest.filename) }

    private func jobs() throws -> [BuildJob] {
        guard sources.isEmpty else {
            let targets = try runtimes.flatMap { runtime in
                try (architectures.isEmpty ? [.x86_64] : architectures).map {
                    BuildTarget(runtime: try Runtime(runtime), architecture: $0)
                }
            }
            let builder = LayerBuilder(sources, for: targets, try options.settings(for: targets))
            return [BuildJob(builder: builder, output: FilePath(output ?? "layer.zip"))]
        }
        guard FileManager.default.fileExists(atPath: manifest.string) else {
            throw LaminaError(
                .notFound, "there is no \(manifest) here: name what to build, as in lamina build requirements.txt --runtime python3.13")
        }
        let layers = try LayerManifest(manifest).layers
        let chosen = layers.filter { layer == nil || $0.name == layer }
        guard !chosen.isEmpty else {
            throw LaminaError(
                .notFound, "\(manifest) has no layer '\(layer ?? "")'; it has \(layers.map(\.name).joined(separator: ", "))")
        }
        return try chosen.map { try BuildJob($0, options) }
    }

    private func build(_ jobs: [BuildJob]) async throws {
        var reports: [BuildReport] = []
        for job in jobs {
            let terminal = ProgressLine()
            defer { terminal.finish() }
            reports += try await job.builder.build(to: job.output) { terminal.show($0) }
        }
        if sources.isEmpty || jobs.contains(where: { $0.builder.targets.count > 1 }) {
            try format.print(BuildReports(layers: reports))
        } else {
            for report in reports { try format.print(report) }
        }
    }
}

/// What `lamina build` prints of several zips.
private struct BuildReports: Encodable, TableRenderable {
    var layers: [BuildReport]

    var table: String { layers.map(\.table).joined(separator: "\n") }
}

extension Architecture: ExpressibleByArgument {}
