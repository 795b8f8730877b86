import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// pipenv's lock (pipfile-spec 6): sections of packages with exact versions and hashes.
struct PipfileLock: Sendable {
    fileprivate struct Entry: Decodable, Sendable {
        var version: String?
        var hashes: [String]?
        var markers: String?
        var git: String?
        var ref: String?
        var subdirectory: String?
        var path: String?
        var file: String?
    }

    private let path: FilePath
    private let sources: [String]
    private let sections: [String: [String: Entry]]

    /// - Throws: ``LaminaError`` `corrupt` for what is no Pipfile.lock.
    init(_ path: FilePath) throws {
        let data = Data(try SourceText.read(path).utf8)
        do {
            let document = try JSONDecoder().decode(Document.self, from: data)
            (sources, sections) = (document.sources, document.sections)
        } catch {
            throw LaminaError(.corrupt, "\(path) is no Pipfile.lock", cause: error)
        }
        self.path = path
    }

    /// The packages of the section `default`, and of others that are asked for by name, such as `develop`.
    ///
    /// - Throws: ``LaminaError`` `notFound` for a section that there is not.
    func pinned(for environment: MarkerEnvironment) throws -> PinnedPackages {
        var pinned = PinnedPackages()
        for (index, url) in sources.enumerated() { try pinned.search(url, insteadOfDefault: index == 0) }
        var seen: Set<String> = []
        for section in ["default"] + environment.groups.sorted() {
            guard let entries = sections[section] else {
                if section == "default" { continue }
                let names = sections.keys.sorted().joined(separator: ", ")
                throw LaminaError(.notFound, "\(path) has no group '\(section)'; it has \(names)")
            }
            for (name, entry) in entries.sorted(by: { $0.key < $1.key }) where seen.insert(PythonName.normalize(name)).inserted {
                if let markers = entry.markers, try !Marker(markers).holds(in: environment) {
                    // pipenv locks for one Python, and a package that it needs would be missed on another.
                    if markers.contains("python_") {
                        pinned.remark("\(path.lastComponent?.string ?? "") has \(name) only where \(markers)")
                    }
                    continue
                }
                try add(name, entry, to: &pinned)
            }
        }
        return pinned
    }

    private func add(_ name: String, _ entry: Entry, to pinned: inout PinnedPackages) throws {
        let hashes = entry.hashes ?? []
        let folder = path.removingLastComponent()
        if let git = entry.git {
            guard let ref = entry.ref, ref.count >= 40, ref.allSatisfy(\.isHexDigit) else {
                throw LaminaError(.corrupt, "\(path) names no commit of \(name); run 'pipenv lock' again")
            }
            let url = git.hasPrefix("git+") ? String(git.dropFirst(4)) : git
            let commit = SourceTree.Commit(url: url, id: ref, subdirectory: try SourceTree.checked(entry.subdirectory))
            pinned.add(PythonLock.Package(name: name, tree: .git(commit)))
        } else if let file = entry.file, let url = URL(string: file), url.scheme?.hasPrefix("http") == true {
            pinned.add(PythonLock.Package(name: name, version: nil, file: PythonLock.Artifact(.remote(url), hashes: hashes)))
        } else if let local = entry.path ?? entry.file {
            let place = folder.resolve(local)
            if FilePath.isFolder(place) {
                pinned.add(PythonLock.Package(name: name, tree: .folder(place)))
            } else {
                pinned.add(PythonLock.Package(name: name, version: nil, file: PythonLock.Artifact(.local(place), hashes: hashes)))
            }
        } else if let version = entry.version, version.hasPrefix("==") {
            try pinned.pin(name, String(version.drop { $0 == "=" }), hashes: hashes)
        } else {
            throw LaminaError(.corrupt, "\(path) does not pin \(name); run 'pipenv lock' again")
        }
    }
}

/// The lock's members: `_meta`, and sections whose names are free.
private struct Document: Decodable {
    struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    struct Meta: Decodable {
        var sources: [Source]?
    }

    struct Source: Decodable {
        var url: String
    }

    var sources: [String] = []
    var sections: [String: [String: PipfileLock.Entry]] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
            if key.stringValue == "_meta" {
                sources = try container.decode(Meta.self, forKey: key).sources?.map(\.url) ?? []
            } else {
                sections[key.stringValue] = try container.decode([String: PipfileLock.Entry].self, forKey: key)
            }
        }
    }
}
