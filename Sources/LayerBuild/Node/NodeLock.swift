import Foundation
import LaminaErrors
import SystemPackage

/// A package-lock.json, or the one that npm leaves in node_modules (npm: "package-lock.json").
struct NodeLock: Decodable, Sendable {
    /// By the place relative to the project: `node_modules/NAME`, or a local folder's path. Empty in locks of npm 6 and before.
    var packages: [String: Entry] = [:]

    struct Entry: Decodable, Sendable {
        var name: String?
        var version: String?
        /// A URL, or `file:` and a path; of a link, the local folder that it points at.
        var resolved: String?
        var integrity: String?
        var link: Bool?
        var hasInstallScript: Bool?
        var optional: Bool?
        var dependencies: [String: String]?
        var optionalDependencies: [String: String]?
    }

    private enum CodingKeys: String, CodingKey { case packages }

    init(from decoder: any Decoder) throws {
        packages = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent([String: Entry].self, forKey: .packages) ?? [:]
    }

    init() {}

    /// - Throws: ``LaminaError`` `notFound`, `corrupt`.
    init(contentsOf path: FilePath) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: try Data(contentsOf: URL(fileURLWithPath: path.string)))
        } catch let error as DecodingError {
            throw LaminaError(.corrupt, "\(path) is no lock of npm", cause: error)
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
    }

    /// Folders and tarballs of this machine, by their paths relative to the project.
    var localPaths: [String] {
        let folders = packages.keys.filter { !$0.isEmpty && !$0.split(separator: "/").contains("node_modules") }
        let tarballs = packages.values.filter { $0.link != true }.compactMap { $0.resolved.flatMap(NodeManifest.localPath) }
        return Set(folders + tarballs).sorted()
    }

    /// Packages that are to be installed, links to local folders among them.
    var count: Int { packages.keys.filter { $0.hasPrefix("node_modules/") || $0.contains("/node_modules/") }.count }

    /// What a linked local folder needs and the lock lacks: npm links folders outside the project without their dependencies.
    var unlockedDependencies: [(folder: String, dependency: String)] {
        packages.keys.filter { $0.hasPrefix("..") && !$0.contains("node_modules") }.sorted().flatMap { folder in
            (packages[folder]?.dependencies ?? [:]).keys.sorted().filter {
                packages["node_modules/\($0)"] == nil && packages["\(folder)/node_modules/\($0)"] == nil
            }.map { (folder, $0) }
        }
    }

    /// Optional packages for Linux on the processor that the lock leaves out, as npm does where it was written beside a node_modules of
    /// another platform.
    func missingBinaries(cpu: String) -> [String] {
        let present = Set(packages.keys.compactMap { $0.components(separatedBy: "node_modules/").last })
        let wanted = packages.values.flatMap { $0.optionalDependencies?.keys.map { $0 } ?? [] }
        return Set(wanted).filter { name in
            let parts = name.split { "-_./@".contains($0) }
            return parts.contains("linux") && parts.contains(Substring(cpu)) && !parts.contains("musl") && !present.contains(name)
        }.sorted()
    }
}
