import Checksum
import Foundation
import LaminaErrors
import SystemPackage
import TOMLKit

/// A resolved set of Python packages with exact files and hashes: the part of a PEP 751 `pylock.toml` that a layer needs.
struct PythonLock: Sendable {
    struct Package: Sendable {
        var name: String
        var version: String?
        var wheels: [Artifact]
        var sdist: Artifact?
    }

    struct Artifact: Sendable {
        var filename: String
        var location: Location
        /// Bytes, where the lock says.
        var size: Int?
        var sha256: String?
    }

    enum Location: Sendable {
        case remote(URL)
        case local(FilePath)
    }

    var packages: [Package]

    /// Reads a lock; paths in it count from its folder.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for what is not PEP 751, `unsupported` for packages that come from version control or folders.
    init(contentsOf path: FilePath) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path.string, encoding: .utf8)
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
        let document: Document
        do {
            document = try TOMLDecoder().decode(Document.self, from: text)
        } catch {
            throw LaminaError(.corrupt, "\(path) is not a pylock.toml of PEP 751", cause: error)
        }
        guard document.lockVersion.hasPrefix("1.") else {
            throw LaminaError(.unsupported, "\(path) is a lock of version \(document.lockVersion); 1.0 is known")
        }
        let folder = path.removingLastComponent()
        packages = try (document.packages ?? []).map { try $0.package(folder: folder) }
    }

    private struct Document: Decodable {
        var lockVersion: String
        var packages: [PackageTable]?

        enum CodingKeys: String, CodingKey {
            case lockVersion = "lock-version"
            case packages
        }
    }

    private struct PackageTable: Decodable {
        var name: String
        var version: String?
        var wheels: [ArtifactTable]?
        var sdist: ArtifactTable?
        var archive: ArtifactTable?
        var marker: String?

        func package(folder: FilePath) throws -> Package {
            if let marker {
                throw LaminaError(
                    .unsupported, "the lock has \(name) for '\(marker)' only; name the requirements instead, or a lock of one platform")
            }
            var wheels = try (wheels ?? []).map { try $0.artifact(of: name, folder: folder) }
            var sdist = try sdist?.artifact(of: name, folder: folder)
            if let archive = try archive?.artifact(of: name, folder: folder) {
                if archive.filename.hasSuffix(".whl") { wheels.append(archive) } else { sdist = archive }
            }
            guard !wheels.isEmpty || sdist != nil else {
                throw LaminaError(
                    .unsupported,
                    "\(name) comes from a folder or from version control; build it into a wheel first (uv build) and name that")
            }
            return Package(name: name, version: version, wheels: wheels, sdist: sdist)
        }
    }

    private struct ArtifactTable: Decodable {
        var name: String?
        var url: String?
        var path: String?
        var size: Int?
        var hashes: [String: String]?

        func artifact(of package: String, folder: FilePath) throws -> Artifact {
            let location: Location
            if let path {
                location = .local(path.hasPrefix("/") ? FilePath(path) : folder.pushing(FilePath(path)).lexicallyNormalized())
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

extension PythonLock.Location {
    var filename: String {
        switch self {
        case .remote(let url): url.lastPathComponent
        case .local(let path): path.lastComponent?.string ?? ""
        }
    }
}
