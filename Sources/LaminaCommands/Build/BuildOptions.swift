import ArgumentParser
import LambdaModel
import LayerBuild
import SystemPackage

/// How `lamina build` goes about it: the options that are the same for all its sources.
struct BuildOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            python: python/, for every Python runtime. site-packages: python/lib/python3.N/site-packages/. \
            nodejs: nodejs/node_modules/, for every Node runtime. nodejs-version: nodejs/nodeNN/node_modules/. \
            (default: python, nodejs)
            """, valueName: "layout"))
    var layout: LayoutChoice?

    @Option(
        help: """
            Compile modules ahead: auto does where this machine has the runtime's Python and the layer stays below the limit. \
            (default: auto)
            """)
    var bytecode: BytecodeChoice?

    @Option(
        name: .customLong("exclude"),
        help: "A pattern of paths to leave out, as in tests or 'python/**/*.md'; give it once for each.", transform: { try PathPattern($0) }
    )
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

    func validate() throws {
        guard keys.isEmpty || complete || completeFrom != nil else {
            throw ValidationError("--gpg-key is for the packages of an RPM repository: name it with --complete-from")
        }
    }

    /// - Parameter manifest: What a lamina.toml says of the layer; options of the command line come before it.
    /// - Throws: `LaminaError` for a layout of another language, and where libraries can come from nowhere.
    func settings(for targets: [BuildTarget], manifest: LayerManifest.Layer? = nil) throws -> BuildSettings {
        var settings = BuildSettings()
        if let layout = try layout ?? manifest?.layout.map({ try LayoutChoice(named: $0) }) {
            for target in targets { try layout.apply(to: &settings, for: target.runtime) }
        }
        settings.bytecode = bytecode ?? manifest?.bytecode ?? .auto
        settings.exclusions = (manifest?.exclusions ?? []) + exclusions
        settings.slim = slim || manifest?.slim == true
        settings.strip = strip || manifest?.strip == true
        settings.allowsErrors = allow
        settings.sbom = sbom.map { FilePath($0) }
        settings.extras = extras
        settings.groups = groups
        settings.upgrade = upgrade
        settings.offline = offline
        if let origin = completeFrom ?? (complete ? "" : manifest?.completion) {
            settings.completion = try LibraryOrigin(origin, keys: keys.map { FilePath($0) })
        }
        return settings
    }
}

extension BytecodeChoice: ExpressibleByArgument {}
