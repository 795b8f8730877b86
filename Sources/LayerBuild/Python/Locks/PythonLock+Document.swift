import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

extension PythonLock {
    /// A lock as it is written.
    struct Document: Decodable {
        var lockVersion: String
        var requiresPython: String?
        var environments: [String]?
        var defaultGroups: [String]?
        var packages: [PackageTable]?

        enum CodingKeys: String, CodingKey {
            case lockVersion = "lock-version"
            case requiresPython = "requires-python"
            case environments
            case defaultGroups = "default-groups"
            case packages
        }

        /// Refuses an environment that the lock was not made for.
        func requireSupport(of environment: MarkerEnvironment, _ path: FilePath) throws {
            let version = environment.values["python_full_version"] ?? ""
            if let requiresPython, !Self.accepts(requiresPython, environment) {
                throw LaminaError(.unsupported, "\(path) is a lock for Python \(requiresPython), and the runtime has \(version)")
            }
            guard let environments, !environments.isEmpty else { return }
            guard try environments.contains(where: { try Marker($0).holds(in: environment) }) else {
                throw LaminaError(
                    .unsupported,
                    "\(path) is a lock for \(environments.joined(separator: "; ")) only, and not for the runtime's platform")
            }
        }

        fileprivate static func accepts(_ requiresPython: String, _ environment: MarkerEnvironment) -> Bool {
            guard let version = environment.pythonVersion, let specifier = VersionSpecifier(requiresPython) else { return false }
            return specifier.contains(version)
        }
    }

    struct PackageTable: Decodable {
        var name: String
        var version: String?
        var marker: String?
        var requiresPython: String?
        var wheels: [ArtifactTable]?
        var sdist: ArtifactTable?
        var archive: ArtifactTable?
        var vcs: RepositoryTable?
        var directory: FolderTable?

        enum CodingKeys: String, CodingKey {
            case name, version, marker
            case requiresPython = "requires-python"
            case wheels, sdist, archive, vcs, directory
        }

        func isWanted(in environment: MarkerEnvironment) throws -> Bool {
            if let marker, try !Marker(marker).holds(in: environment) { return false }
            if let requiresPython, !Document.accepts(requiresPython, environment) {
                throw LaminaError(
                    .unsupported,
                    "\(name) \(version ?? "") is for Python \(requiresPython), and the runtime has "
                        + (environment.values["python_full_version"] ?? ""))
            }
            return true
        }

        func package(folder: FilePath) throws -> Package {
            var package = Package(name: name, version: version)
            package.wheels = try (wheels ?? []).map { try $0.artifact(of: name, folder: folder) }
            package.sdist = try sdist?.artifact(of: name, folder: folder)
            if let archive = try archive?.artifact(of: name, folder: folder) {
                if archive.filename.hasSuffix(".whl") { package.wheels.append(archive) } else { package.sdist = archive }
            }
            package.tree = try vcs?.tree(of: name) ?? directory?.tree(folder: folder)
            guard !package.wheels.isEmpty || package.sdist != nil || package.tree != nil else {
                throw LaminaError(.corrupt, "the lock names \(name) without a file, a folder or a repository")
            }
            return package
        }
    }

    struct RepositoryTable: Decodable {
        var type: String
        var url: String?
        var path: String?
        var commit: String
        var subdirectory: String?

        enum CodingKeys: String, CodingKey {
            case type, url, path
            case commit = "commit-id"
            case subdirectory
        }

        func tree(of name: String) throws -> SourceTree {
            guard type == "git" else {
                throw LaminaError(.unsupported, "\(name) comes from a repository of \(type); git alone is known")
            }
            guard let address = url ?? path, commit.count >= 40, commit.allSatisfy(\.isHexDigit) else {
                throw LaminaError(.corrupt, "the lock names no commit of \(name) in a repository")
            }
            return .git(SourceTree.Commit(url: address, id: commit, subdirectory: try SourceTree.checked(subdirectory)))
        }
    }

    struct FolderTable: Decodable {
        var path: String
        var subdirectory: String?

        func tree(folder: FilePath) throws -> SourceTree {
            .folder(folder.resolve(path).pushing(FilePath(try SourceTree.checked(subdirectory) ?? "")))
        }
    }

    struct ArtifactTable: Decodable {
        var name: String?
        var url: String?
        var path: String?
        var size: Int?
        var hashes: [String: String]?

        func artifact(of package: String, folder: FilePath) throws -> Artifact {
            let location: Location
            if let path {
                location = .local(folder.resolve(path))
            } else if let url, let parsed = URL(string: url) {
                location = parsed.isFileURL ? .local(FilePath(parsed.path)) : .remote(parsed)
            } else {
                throw LaminaError(.corrupt, "the lock names a file of \(package) without its place")
            }
            // Both become parts of paths.
            let filename = name ?? location.filename
            guard !filename.isEmpty, filename != "..", !filename.utf8.contains(UInt8(ascii: "/")) else {
                throw LaminaError(.corrupt, "the lock calls a file of \(package) '\(filename)'")
            }
            let sha256 = try hashes?["sha256"].map { text in
                guard let digest = SHA256Digest(hexadecimal: text) else {
                    throw LaminaError(.corrupt, "the lock has '\(text)' as the SHA-256 of \(filename)")
                }
                return digest.hexadecimal
            }
            return Artifact(filename: filename, location: location, size: size, sha256: sha256)
        }
    }
}
