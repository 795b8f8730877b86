import Foundation
import LaminaErrors
import SystemPackage

/// What another tool's lock pins for one environment, ready for uv to find the files of.
struct PinnedPackages: Sendable {
    private struct Pin: Sendable {
        var name: String
        var version: String
    }

    private var pins: [Pin] = []
    /// Packages whose place the lock says itself.
    private(set) var direct: [PythonLock.Package] = []
    private(set) var hashes = HashPins()
    /// What the user should know, a line each.
    private(set) var notes: [String] = []
    /// The first in place of PyPI, when ``replacesDefaultIndex``.
    private var indexes: [String] = []
    private var replacesDefaultIndex = false

    var needsIndex: Bool { !pins.isEmpty }

    /// Pins a version from an index.
    mutating func pin(_ name: String, _ version: String, hashes: [String]) throws {
        // They become part of a requirements file.
        guard PythonVersion(version) != nil, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) else {
            throw LaminaError(.corrupt, "the lock pins '\(name)' at '\(version)', which is no package's name and version")
        }
        pins.append(Pin(name: name, version: version))
        try self.hashes.allow(hashes, of: name)
    }

    /// Adds a package whose place is known.
    mutating func add(_ package: PythonLock.Package) { direct.append(package) }

    mutating func remark(_ note: String) { notes.append(note) }

    /// Searches an index too, or in place of PyPI.
    mutating func search(_ index: String, insteadOfDefault: Bool = false) throws {
        guard !index.contains(where: \.isWhitespace) else { throw LaminaError(.corrupt, "the lock names the index '\(index)'") }
        guard !indexes.contains(index) else { return }
        indexes.append(index)
        replacesDefaultIndex = replacesDefaultIndex || insteadOfDefault
    }

    /// The pins as a requirements file, which has to be resolved without dependencies.
    var requirements: String {
        let options = indexes.enumerated().map { offset, url in
            (offset == 0 && replacesDefaultIndex ? "--index-url " : "--extra-index-url ") + url
        }
        return (options + pins.map { "\($0.name)==\($0.version)" }.sorted()).joined(separator: "\n") + "\n"
    }
}

extension PythonLock.Artifact {
    /// A file that a lock names by its path or URL, with the hashes that it may have.
    init(_ location: PythonLock.Location, hashes: [String]) {
        let digest = hashes.first { $0.hasPrefix("sha256:") }.map { String($0.dropFirst("sha256:".count)).lowercased() }
        self.init(filename: location.filename, location: location, sha256: digest)
    }
}

extension PythonLock.Package {
    /// A package of one file, a wheel or a source distribution.
    init(name: String, version: String?, file: PythonLock.Artifact) {
        self.init(name: name, version: version)
        if file.filename.hasSuffix(".whl") { wheels = [file] } else { sdist = file }
    }
}
