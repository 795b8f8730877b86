import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import TOMLKit

/// Poetry's lock: exact versions, files with hashes, and what asks for them.
struct PoetryLock: Sendable {
    struct Package: Decodable, Sendable {
        var name: String
        var version: String
        var pythonVersions: String?
        /// Since lock 2.1 (Poetry 2.0): the groups that need the package.
        var groups: [String]?
        /// Since lock 2.1: one marker, or one for each group.
        var markers: Markers?
        var files: [File]?
        var dependencies: [String: PoetryDependencies]?
        var extras: [String: [String]]?
        var source: Source?

        enum CodingKeys: String, CodingKey {
            case name, version
            case pythonVersions = "python-versions"
            case groups, markers, files, dependencies, extras, source
        }
    }

    struct File: Decodable, Sendable {
        var file: String
        /// As `sha256:…`.
        var hash: String
    }

    struct Source: Decodable, Sendable {
        var type: String
        var url: String
        var resolvedReference: String?
        var subdirectory: String?

        enum CodingKeys: String, CodingKey {
            case type, url
            case resolvedReference = "resolved_reference"
            case subdirectory
        }
    }

    enum Markers: Decodable, Sendable {
        case one(String)
        case byGroup([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .one(text)
            } else {
                self = .byGroup(try container.decode([String: String].self))
            }
        }
    }

    private struct Document: Decodable {
        var package: [Package]?
        var metadata: Metadata?
    }

    private struct Metadata: Decodable {
        /// Where locks before 2.0 keep the files.
        var files: [String: [File]]?
    }

    let path: FilePath
    let packages: [Package]

    /// - Throws: ``LaminaError`` `corrupt` for what is no poetry.lock.
    init(_ path: FilePath) throws {
        do {
            let document = try TOMLDecoder().decode(Document.self, from: try SourceText.read(path))
            let former = document.metadata?.files ?? [:]
            packages = (document.package ?? []).map { package in
                var package = package
                package.files = package.files ?? former[package.name]
                return package
            }
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.corrupt, "\(path) is no poetry.lock", cause: error)
        }
        self.path = path
    }

    /// The packages of the main group, and of others that are asked for by name.
    ///
    /// - Throws: ``LaminaError`` `notFound` for a group or extra that there is not.
    func pinned(for environment: MarkerEnvironment) throws -> PinnedPackages {
        var pinned = PinnedPackages()
        for package in try wanted(in: environment) { try add(package, to: &pinned) }
        return pinned
    }

    private func wanted(in environment: MarkerEnvironment) throws -> [Package] {
        guard packages.contains(where: { $0.groups != nil }) else {
            let project = try PoetryProject(path.removingLastComponent().appending("pyproject.toml"))
            return try PoetryWalk(packages: packages, environment: environment).packages(of: project)
        }
        let known = Set(packages.flatMap { $0.groups ?? [] })
        for group in environment.groups.sorted() where !known.contains(group) {
            throw LaminaError(.notFound, "\(path) has no group '\(group)'; it has \(known.sorted().joined(separator: ", "))")
        }
        return try packages.filter { try $0.isWanted(in: environment, groups: environment.groups.union(["main"])) }
    }

    private func add(_ package: Package, to pinned: inout PinnedPackages) throws {
        let hashes = (package.files ?? []).map(\.hash)
        guard let source = package.source, source.type != "legacy" else {
            guard !hashes.isEmpty else {
                throw LaminaError(.corrupt, "\(path) has no hashes of \(package.name); run 'poetry lock' again")
            }
            if let source = package.source { try pinned.search(source.url) }
            return try pinned.pin(package.name, package.version, hashes: hashes)
        }
        let place = path.removingLastComponent().resolve(source.url)
        switch source.type {
        case "git":
            guard let id = source.resolvedReference, id.count >= 40, id.allSatisfy(\.isHexDigit) else {
                throw LaminaError(.corrupt, "\(path) names no commit of \(package.name); run 'poetry lock' again")
            }
            let commit = SourceTree.Commit(url: source.url, id: id, subdirectory: try SourceTree.checked(source.subdirectory))
            pinned.add(PythonLock.Package(name: package.name, version: package.version, tree: .git(commit)))
        case "directory":
            pinned.add(PythonLock.Package(name: package.name, version: package.version, tree: .folder(place)))
        case "file":
            let file = PythonLock.Artifact(.local(place), hashes: hashes)
            pinned.add(PythonLock.Package(name: package.name, version: package.version, file: file))
        case "url":
            guard let url = URL(string: source.url) else {
                throw LaminaError(.corrupt, "\(path) has \(package.name) from '\(source.url)', which is no URL")
            }
            let file = PythonLock.Artifact(.remote(url), hashes: hashes)
            pinned.add(PythonLock.Package(name: package.name, version: package.version, file: file))
        default:
            throw LaminaError(.unsupported, "\(path) has \(package.name) from a source of the unknown type '\(source.type)'")
        }
    }
}

extension PoetryLock.Package {
    /// Whether one of the groups needs the package on the target (lock 2.1).
    fileprivate func isWanted(in environment: MarkerEnvironment, groups wanted: Set<String>) throws -> Bool {
        for group in groups ?? ["main"] where wanted.contains(PythonName.normalize(group)) {
            let marker: String? =
                switch markers {
                case .one(let text)?: text
                case .byGroup(let texts)?: texts[group]
                case nil: nil
                }
            if try marker.map({ try Marker($0).holds(in: environment) }) ?? true { return true }
        }
        return false
    }
}
