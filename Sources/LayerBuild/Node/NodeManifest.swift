import Foundation
import LaminaErrors
import SystemPackage

/// What a build reads of a package.json.
struct NodeManifest: Decodable, Sendable {
    var name: String?
    var version: String?
    /// An SPDX expression, or the package's own words; several are one text.
    var license: String?
    var dependencies: [String: String] = [:]
    var optionalDependencies: [String: String] = [:]
    var devDependencies: [String: String] = [:]
    var hasWorkspaces = false
    /// The C libraries that the package is for; empty for any.
    var libc: [String] = []
    /// False where the package says that its binding.gyp is none of npm's business.
    var compilesByGyp = true

    /// Bytes that a package.json may have.
    private static let limit = 16 << 20

    private enum CodingKeys: String, CodingKey {
        case name, version, license, licenses, dependencies, optionalDependencies, devDependencies, workspaces, gypfile, libc
    }

    /// A license as npm had it before SPDX expressions.
    private struct OldLicense: Decodable {
        var type: String?
    }

    /// Takes what it understands: published packages hold anything.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try? values.decode(String.self, forKey: .name)
        version = try? values.decode(String.self, forKey: .version)
        license =
            (try? values.decode(String.self, forKey: .license)) ?? (try? values.decode(OldLicense.self, forKey: .license))?.type
            ?? (try? values.decode([OldLicense].self, forKey: .licenses)).map { $0.compactMap(\.type).joined(separator: " OR ") }
        if license?.isEmpty == true { license = nil }
        dependencies = (try? values.decode([String: String].self, forKey: .dependencies)) ?? [:]
        optionalDependencies = (try? values.decode([String: String].self, forKey: .optionalDependencies)) ?? [:]
        devDependencies = (try? values.decode([String: String].self, forKey: .devDependencies)) ?? [:]
        libc = (try? values.decode([String].self, forKey: .libc)) ?? (try? values.decode(String.self, forKey: .libc)).map { [$0] } ?? []
        hasWorkspaces = values.contains(.workspaces)
        compilesByGyp = (try? values.decode(Bool.self, forKey: .gypfile)) ?? true
    }

    /// - Throws: ``LaminaError`` `notFound`, `corrupt`.
    init(contentsOf path: FilePath) throws {
        let data = try Self.read(path)
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw LaminaError(.corrupt, "\(path) is no package.json: it holds no JSON object", cause: error)
        }
    }

    /// The local folders and tarballs that the package names, relative to itself or absolute.
    var localPaths: [String] {
        [dependencies, optionalDependencies, devDependencies].flatMap(\.values).compactMap(Self.localPath).sorted()
    }

    /// The path of a dependency's specification, if it is one (npm: "package.json", Local Paths).
    static func localPath(_ specification: String) -> String? {
        for prefix in ["file:", "link:"] where specification.hasPrefix(prefix) { return String(specification.dropFirst(prefix.count)) }
        return ["./", "../", "/"].contains { specification.hasPrefix($0) } ? specification : nil
    }

    static func read(_ path: FilePath) throws -> Data {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path.string), options: .mappedIfSafe)
            guard data.count <= limit else { throw LaminaError(.limitExceeded, "\(path) has more than \(limit) bytes") }
            return data
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
    }
}
