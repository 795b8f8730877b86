import Foundation
import ZipArchive

/// The packages that a layer's zip holds, as far as its files tell.
struct LayerPackages {
    enum Language: String, Encodable {
        case node, python
    }

    struct Key: Hashable {
        var language: Language
        var name: String
    }

    /// A package's version; several, where it is there several times.
    private(set) var versions: [Key: String] = [:]

    /// - Throws: ``LaminaError`` `corrupt` when a package.json cannot be unzipped.
    init(of zip: ZipReader) throws {
        var found: [Key: Set<String>] = [:]
        for entry in zip.entries where entry.kind == .file {
            if let (name, version) = Self.pythonPackage(entry.path) {
                found[Key(language: .python, name: name), default: []].insert(version)
            } else if Self.isNodePackage(entry.path), entry.size <= 1 << 20,
                let package = try? JSONDecoder().decode(NodePackage.self, from: Data(try zip.read(entry)))
            {
                found[Key(language: .node, name: package.name), default: []].insert(package.version)
            }
        }
        versions = found.mapValues { $0.sorted().joined(separator: ", ") }
    }

    /// Name and version of `…/NAME-VERSION.dist-info/METADATA` (PEP 376, PEP 427).
    static func pythonPackage(_ path: String) -> (name: String, version: String)? {
        let parts = path.split(separator: "/")
        guard parts.last == "METADATA", let folder = parts.dropLast().last, folder.hasSuffix(".dist-info") else { return nil }
        let title = folder.dropLast(".dist-info".count)
        guard let dash = title.lastIndex(of: "-"), dash != title.startIndex else { return nil }
        return (String(title[..<dash]), String(title[title.index(after: dash)...]))
    }

    /// Whether the path is `…/node_modules/NAME/package.json` or `…/node_modules/@SCOPE/NAME/package.json`, below no other package.
    static func isNodePackage(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard parts.last == "package.json", let modules = parts.firstIndex(of: "node_modules"), modules + 1 < parts.count else {
            return false
        }
        return parts.count - modules == (parts[modules + 1].hasPrefix("@") ? 4 : 3)
    }

    private struct NodePackage: Decodable {
        var name: String
        var version: String
    }
}
