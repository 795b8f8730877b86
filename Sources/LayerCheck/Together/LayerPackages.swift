import Foundation

/// The packages that a layer holds, as far as its files tell.
package struct LayerPackages: Sendable {
    package enum Language: String, Sendable, Codable {
        case node, python
    }

    package struct Key: Sendable, Hashable {
        package var language: Language
        package var name: String
    }

    /// A package's version; several, where it is there several times.
    package private(set) var versions: [Key: String] = [:]
    /// The folder that holds the package's own, by package.
    private(set) var folders: [Key: String] = [:]

    package init(of tree: LayerTree) {
        var found: [Key: Set<String>] = [:]
        for file in tree.regularFiles {
            if let (name, version) = Self.pythonPackage(file.path) {
                let key = Key(language: .python, name: name)
                found[key, default: []].insert(version)
                folders[key] = file.path.split(separator: "/").dropLast(2).joined(separator: "/")
            } else if Self.isNodePackage(file.path), let bytes = try? file.bytes(limit: 1 << 20),
                let package = try? JSONDecoder().decode(NodePackage.self, from: Data(bytes))
            {
                let key = Key(language: .node, name: package.name)
                found[key, default: []].insert(package.version)
                folders[key] = file.path.split(separator: "/").dropLast().joined(separator: "/")
            }
        }
        versions = found.mapValues { $0.sorted().joined(separator: ", ") }
    }

    /// The names of a language's packages, sorted.
    package func names(_ language: Language) -> [String] { versions.keys.filter { $0.language == language }.map(\.name).sorted() }

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
