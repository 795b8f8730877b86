import Foundation
import LambdaModel

/// Installed Node packages against their own package.json: platform and syntax.
struct NodePackageCheck {
    private struct Manifest: Decodable {
        var name: String?
        var type: String?
        var main: String?
        var exports: JSON?
        var os: [String]?
        var cpu: [String]?
    }

    /// Of a manifest's `exports`, whether it names a condition anywhere.
    private enum JSON: Decodable {
        case object([String: JSON])
        case other

        init(from decoder: any Decoder) throws {
            self = (try? decoder.singleValueContainer().decode([String: JSON].self)).map { .object($0) } ?? .other
        }

        func names(_ condition: String) -> Bool {
            guard case .object(let members) = self else { return false }
            return members[condition] != nil || members.values.contains { $0.names(condition) }
        }
    }

    let tree: LayerTree
    let runtime: Runtime
    let architecture: Architecture

    func findings() -> [Finding] {
        let manifests = tree.regularFiles.filter { LayerPackages.isNodePackage($0.path) }
        var read: [String: (path: String, manifest: Manifest)] = [:]
        for file in manifests {
            guard let bytes = try? file.bytes(limit: 1 << 20), let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes))
            else { continue }
            read[Self.name(file.path)] = (file.path, manifest)
        }
        return read.sorted { $0.key < $1.key }.flatMap { name, package in
            platformFindings(name, package.path, package.manifest, among: read) + syntaxFindings(name, package.path, package.manifest)
        }
    }

    private static func name(_ path: String) -> String {
        let parts = path.split(separator: "/")
        return parts[((parts.firstIndex(of: "node_modules") ?? 0) + 1)...].dropLast().joined(separator: "/")
    }

    private var cpu: String { architecture == .x86_64 ? "x64" : "arm64" }

    /// The package for another platform, unless its sibling for this one is there too.
    private func platformFindings(
        _ name: String, _ path: String, _ manifest: Manifest, among others: [String: (path: String, manifest: Manifest)]
    ) -> [Finding] {
        func allows(_ list: [String]?, _ value: String) -> Bool {
            guard let list, !list.isEmpty, !list.contains("any") else { return true }
            if list.contains("!\(value)") { return false }
            return list.contains(value) || list.allSatisfy { $0.hasPrefix("!") }
        }
        guard !allows(manifest.os, "linux") || !allows(manifest.cpu, cpu) else { return [] }
        let stem = name.split(separator: "/").first ?? ""
        let hasSibling = others.contains { other, package in
            other != name && other.hasPrefix(stem) && package.manifest.os != nil && allows(package.manifest.os, "linux")
                && allows(package.manifest.cpu, cpu)
        }
        let platforms = ((manifest.os ?? []) + (manifest.cpu ?? [])).joined(separator: ", ")
        return [
            Finding(
                .otherPlatform, hasSibling ? .note : .error, path: path, subject: name,
                reason: "says that \(name) is for \(platforms), not for linux, \(cpu)",
                fix: hasSibling ? "leave it out: it only takes room" : "install with npm ci --os linux --cpu \(cpu), as lamina build does")
        ]
    }

    /// Node finds packages of a layer by `require`, and from Node 18 on by `import` too (AWS: facts of the execution environment).
    private func syntaxFindings(_ name: String, _ path: String, _ manifest: Manifest) -> [Finding] {
        guard manifest.type == "module", let major = runtime.major, major < 18,
            manifest.exports?.names("require") != true, manifest.main?.hasSuffix(".cjs") != true
        else { return [] }
        return [
            Finding(
                .moduleSyntax, .error, path: path, subject: name,
                reason: "makes \(name) an ES module: require() does not take it, and import does not look into layers before Node 18",
                fix: "take a release of \(name) with CommonJS, or nodejs18.x and later")
        ]
    }
}
