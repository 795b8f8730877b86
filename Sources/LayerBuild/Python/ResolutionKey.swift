import Checksum
import Foundation
import Interpreters
import LambdaModel
import SystemPackage

/// A digest of all that a resolution depends on, but for what the indexes offer: files, target, choices, and the settings of uv.
struct ResolutionKey: Sendable {
    /// Changes when what uv is asked does.
    private static let version = 3

    let text: String

    /// The key of a project's file or lock.
    init(_ source: PythonSource, _ target: PythonTarget, _ settings: BuildSettings) throws {
        var inputs = [try SourceText.read(source.path)]
        let project = source.folder.appending("pyproject.toml")
        if source.kind != .pyproject, BuildCache.exists(project) { inputs.append(try SourceText.read(project)) }
        // uv's sources of folders, whose own requirements count too.
        for match in inputs.joined().matches(of: /path\s*=\s*["']([^"'\n]+)["']/) {
            inputs += Self.metadata(of: source.folder.resolve(String(match.output.1)))
        }
        self.init(inputs + Self.choices(settings), source, target)
    }

    /// The key of a requirements file.
    init(_ source: PythonSource, _ target: PythonTarget, _ settings: BuildSettings, including file: RequirementsFile) throws {
        let texts = try file.files.map { try SourceText.read($0) }
        self.init(texts + [file.base.string] + file.localPaths.flatMap(Self.metadata), source, target)
    }

    /// The key of pins that a lock was turned into.
    init(_ pins: String, _ source: PythonSource, _ target: PythonTarget) { self.init([pins], source, target) }

    private init(_ inputs: [String], _ source: PythonSource, _ target: PythonTarget) {
        var digest = MessageDigest(.sha256)
        digest.update("v\(Self.version)\0\(target.runtime)\0\(target.architecture.rawValue)\0\(source.path)\0".utf8)
        for (name, value) in ProcessInfo.processInfo.environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("UV_") {
            digest.update("\(name)=\(value)\0".utf8)
        }
        for input in inputs + Self.configuration(near: source.folder) { digest.update("\(input.utf8.count)\0\(input)".utf8) }
        text = SHA256Digest(finishing: &digest).hexadecimal
    }

    private static func choices(_ settings: BuildSettings) -> [String] {
        ["extras"] + settings.extras.sorted() + ["groups"] + settings.groups.sorted()
    }

    /// What says the requirements of a local folder; of a file its size and time.
    private static func metadata(of path: FilePath) -> [String] {
        guard FilePath.isFolder(path) else {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
            let modified = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return ["\(path) \(attributes?[.size] as? Int ?? 0) \(modified)"]
        }
        return ["pyproject.toml", "setup.cfg", "setup.py"].compactMap { try? SourceText.read(path.appending($0)) }
    }

    /// The uv.toml of the folder or the nearest above it.
    private static func configuration(near folder: FilePath) -> [String] {
        var folder = folder
        repeat {
            if let text = try? SourceText.read(folder.appending("uv.toml")) { return [text] }
        } while folder.removeLastComponent()
        return []
    }
}
