import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import TOMLKit

/// Poetry's lock: exact versions, files with hashes, and what asks for them.
struct PoetryLock: Sendable {
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
