import Foundation
import LaminaErrors
import SystemPackage
import TOMLKit

/// A resolved set of Python packages with exact files and hashes: the part of a PEP 751 `pylock.toml` that a layer needs.
struct PythonLock: Sendable {
    struct Package: Sendable {
        var name: String
        var version: String?
        var wheels: [Artifact] = []
        var sdist: Artifact?
        /// Where the package's source is, when it is no file.
        var tree: SourceTree?
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

    init(packages: [Package]) { self.packages = packages }

    /// Reads the packages that a lock has for an environment; paths in it count from its folder.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for what is not PEP 751, `unsupported` for a lock that is not for this environment.
    init(contentsOf path: FilePath, for environment: MarkerEnvironment) throws {
        let document: Document
        do {
            document = try TOMLDecoder().decode(Document.self, from: try SourceText.read(path))
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.corrupt, "\(path) is not a pylock.toml of PEP 751", cause: error)
        }
        guard document.lockVersion.hasPrefix("1.") else {
            throw LaminaError(.unsupported, "\(path) is a lock of version \(document.lockVersion); 1.0 is known")
        }
        try document.requireSupport(of: environment, path)
        var environment = environment
        // No group asked for by name means those that the lock takes for the usual ones.
        if environment.groups.isEmpty { environment.groups = Set((document.defaultGroups ?? []).map(PythonName.normalize)) }
        let folder = path.removingLastComponent()
        packages = try (document.packages ?? []).filter { try $0.isWanted(in: environment) }.map { try $0.package(folder: folder) }
        try requireOneOfEach(path)
    }

    /// PEP 751: where several packages of a name are left, the lock is ambiguous.
    private func requireOneOfEach(_ path: FilePath) throws {
        var seen: Set<String> = []
        for package in packages where !seen.insert(PythonName.normalize(package.name)).inserted {
            throw LaminaError(.corrupt, "\(path) has several versions of \(package.name) for one platform")
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
