import Checksum
import ELFFile
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// The shared libraries of a package, and the texts of its licences, unpacked into the cache.
struct UnpackedPackage: Sendable {
    /// As much as a layer may have.
    private static let sizeLimit = 262_144_000
    /// Changes with what is unpacked, and how.
    private static let layout = "unpacked-1"

    private let root: FilePath
    private let contents: PackageContents

    /// Unpacks a package's file, or finds it unpacked.
    ///
    /// - Parameter name: What people call the package.
    /// - Throws: ``LaminaError`` `corrupt` or `unsafe`, naming the package.
    init(
        _ file: FilePath, _ ecosystem: SystemPackage.Ecosystem, name: String, sha256: SHA256Digest, cache: PackageCache
    ) async throws {
        root = try await cache.item(Self.layout, of: sha256) { folder in
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            var budget = Self.sizeLimit
            let contents: PackageContents
            switch ecosystem {
            case .rpm: contents = try Self.unpack(PackageArchive(file, .rpm, name: name), name, into: folder, &budget)
            case .deb:
                let data = folder.appending("data.tar")
                defer { unlink(data.string) }
                try Self.copyData(of: file, name: name, to: data)
                contents = try Self.unpack(PackageArchive(data, .tar, name: name), name, into: folder, &budget)
            }
            try JSONEncoder().encode(contents).write(to: URL(fileURLWithPath: folder.appending("contents.json").string))
        }
        let index = root.appending("contents.json")
        do {
            contents = try JSONDecoder().decode(PackageContents.self, from: Data(contentsOf: URL(fileURLWithPath: index.string)))
        } catch {
            throw LaminaError(.corrupt, "cannot read \(index); remove the folder \(root), and it is made again", cause: error)
        }
    }

    /// The library of a name for an architecture: what the name leads to in the folders of libraries, else a library with that
    /// `DT_SONAME`, to which `ldconfig` would link the name at the package's installation.
    func library(_ soname: String, _ architecture: Architecture) throws -> FilePath? {
        for library in contents.libraries where library.name.map(String.init) == soname {
            let path = root.appending(library.file)
            if try Self.elf(path)?.isFor(architecture) == true { return path }
        }
        return try contents.libraries.lazy.map { root.appending($0.file) }.first { path in
            let elf = try Self.elf(path)
            return elf?.soname == soname && elf?.isFor(architecture) == true
        }
    }

    /// Texts of licences.
    var licenseFiles: [FilePath] { contents.licenses.map { root.appending($0) } }

    /// Nil for another kind of file.
    private static func elf(_ path: FilePath) throws -> ELFFile? {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path.string), options: .alwaysMapped)
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
        }
        return data.withUnsafeBytes { try? ELFFile($0) }
    }

    private static func unpack(
        _ archive: consuming PackageArchive, _ name: String, into folder: FilePath, _ budget: inout Int
    ) throws -> PackageContents {
        var tree = PackageTree(name: name)
        while let entry = try archive.next() {
            if let file = try tree.admit(entry) { try archive.copy(to: folder.appending(file), budget: &budget) }
        }
        return tree.contents()
    }

    /// Takes the member `data.tar`, however compressed, out of a .deb.
    private static func copyData(of file: FilePath, name: String, to target: FilePath) throws {
        var archive = try PackageArchive(file, .ar, name: name)
        var budget = sizeLimit
        while let entry = try archive.next() {
            if entry.path.hasPrefix("data.tar") { return try archive.copy(to: target, budget: &budget) }
        }
        throw LaminaError(.corrupt, "\(name) is no Debian package: it has no data.tar")
    }
}

extension ELFFile {
    fileprivate func isFor(_ architecture: Architecture) -> Bool {
        switch architecture {
        case .x86_64: machine == .x86_64
        case .arm64: machine == .arm64
        }
    }
}
