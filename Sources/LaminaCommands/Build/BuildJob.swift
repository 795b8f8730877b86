import LaminaErrors
import LayerBuild
import SystemPackage

/// One layer to build, and where its zip goes.
struct BuildJob {
    var builder: LayerBuilder
    var output: FilePath

    init(builder: LayerBuilder, output: FilePath) {
        self.builder = builder
        self.output = output
    }

    /// A layer of a lamina.toml.
    init(_ layer: LayerManifest.Layer, _ options: BuildOptions) throws {
        builder = LayerBuilder(layer.sources, for: layer.targets, try options.settings(for: layer.targets, manifest: layer))
        builder.license = layer.license
        output = layer.output
    }
}
