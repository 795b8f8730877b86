import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import TOMLKit

/// A repository's layers, as its `lamina.toml` has them.
///
///     [layers.opencv]
///     sources = ["requirements.txt", "tools/ffmpeg=bin"]
///     runtimes = ["python3.12", "python3.13"]
///     architectures = ["x86_64", "arm64"]
///     license = "Apache-2.0"
///     exclude = ["tests", "python/**/*.md"]
public struct LayerManifest: Sendable {
    /// One layer and how it is built.
    public struct Layer: Sendable {
        public var name: String
        public var sources: [BuildSource]
        public var targets: [BuildTarget]
        public var license: String?
        public var description: String?
        public var exclusions: [PathPattern]
        public var slim: Bool
        public var strip: Bool
        public var bytecode: BytecodeChoice?
        public var layout: String?
        /// Whether missing libraries are brought, and from where; empty for what is there.
        public var completion: String?
        /// The zip, from the manifest's folder on.
        public var output: FilePath
    }

    public static let filename = "lamina.toml"

    /// The layers by their names.
    public let layers: [Layer]

    /// Reads a manifest; paths in it count from its folder.
    ///
    /// - Throws: ``LaminaError`` `notFound`, `corrupt` for what is no TOML, `invalidArgument` naming the layer and the key.
    public init(_ path: FilePath) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path.string, encoding: .utf8)
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch {
            throw LaminaError(.corrupt, "\(path) is no TOML", cause: error)
        }
        guard let named = table["layers"]?.table, !named.isEmpty else {
            throw LaminaError(.invalidArgument, "\(path) names no layers: it has to have a table as in [layers.tools]")
        }
        if let stray = table.keys.first(where: { $0 != "layers" }) {
            throw LaminaError(.invalidArgument, "\(path) has '\(stray)', which means nothing; a layer is a table as in [layers.tools]")
        }
        let folder = path.removingLastComponent()
        layers = try named.keys.sorted().map { name in
            guard let layer = named[name]?.table else {
                throw LaminaError(.invalidArgument, "\(path): layers.\(name) is no table")
            }
            do {
                return try Entry(name: name, table: layer).layer(folder: folder)
            } catch let error as LaminaError {
                throw LaminaError(error.code, "\(path), layers.\(name): \(error.message)", cause: error.cause)
            }
        }
    }
}

/// One table of a manifest, read key by key.
private struct Entry {
    private static let keys: Set = [
        "sources", "runtimes", "architectures", "license", "description", "exclude", "slim", "strip", "bytecode", "layout", "complete",
        "output",
    ]

    let name: String
    let table: TOMLTable

    func layer(folder: FilePath) throws -> LayerManifest.Layer {
        if let stray = table.keys.first(where: { !Self.keys.contains($0) }) {
            throw LaminaError(.invalidArgument, "'\(stray)' means nothing; there are \(Self.keys.sorted().joined(separator: ", "))")
        }
        guard Pattern.layerName.matches(name), !name.contains(":") else {
            throw LaminaError(.invalidArgument, "'\(name)' can be no layer's name: 1 to 140 letters, digits, - and _")
        }
        guard let sources = try texts("sources"), !sources.isEmpty, let runtimes = try texts("runtimes"), !runtimes.isEmpty else {
            throw LaminaError(.invalidArgument, "it has to have 'sources' and 'runtimes', lists of texts")
        }
        let architectures = try (texts("architectures") ?? [Architecture.x86_64.rawValue]).map { text in
            guard let architecture = Architecture(rawValue: text) else {
                throw LaminaError(.invalidArgument, "'\(text)' is no architecture: x86_64 or arm64")
            }
            return architecture
        }
        let bytecode = try text("bytecode").map { text in
            guard let choice = BytecodeChoice(rawValue: text) else {
                throw LaminaError(.invalidArgument, "bytecode is auto, yes or no, not '\(text)'")
            }
            return choice
        }
        return LayerManifest.Layer(
            name: name,
            sources: try sources.map { text in
                var source = try BuildSource(parsing: text)
                source.path = folder.pushing(source.path)
                return source
            },
            targets: try runtimes.flatMap { runtime in
                try architectures.map { BuildTarget(runtime: try Runtime(runtime), architecture: $0) }
            }, license: try text("license"), description: try text("description"),
            exclusions: try (texts("exclude") ?? []).map { try PathPattern($0) }, slim: try flag("slim") ?? false,
            strip: try flag("strip") ?? false, bytecode: bytecode, layout: try text("layout"), completion: try completion(),
            output: folder.pushing(FilePath(try text("output") ?? "\(name).zip")))
    }

    private func completion() throws -> String? {
        guard let value = table["complete"] else { return nil }
        if let isWanted = value.bool { return isWanted ? "" : nil }
        return try text("complete")
    }

    private func text(_ key: String) throws -> String? {
        guard let value = table[key] else { return nil }
        guard let text = value.string else { throw LaminaError(.invalidArgument, "'\(key)' has to be a text") }
        return text
    }

    private func flag(_ key: String) throws -> Bool? {
        guard let value = table[key] else { return nil }
        guard let flag = value.bool else { throw LaminaError(.invalidArgument, "'\(key)' has to be true or false") }
        return flag
    }

    private func texts(_ key: String) throws -> [String]? {
        guard let value = table[key] else { return nil }
        guard let array = value.array else { throw LaminaError(.invalidArgument, "'\(key)' has to be a list of texts") }
        return try array.map { item in
            guard let text = item.string else { throw LaminaError(.invalidArgument, "'\(key)' has to be a list of texts") }
            return text
        }
    }
}
