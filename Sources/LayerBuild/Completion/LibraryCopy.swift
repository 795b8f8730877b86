import ELFFile
import Foundation
import LaminaErrors
import LayerCheck
import SystemPackage
import SystemPackages
import ZipArchive

/// A newer copy, under a name of its own, of a library that the system has too.
///
/// The system's folders come first on Lambda's library path, and a process has one library a soname: with the old name the system's
/// would be loaded (auditwheel does the same).
struct LibraryCopy: Sendable {
    /// Its soname, which no system has: `libstdc++-1a2b3c4d.so.6`.
    let name: String
    /// The symbol versions that it defines.
    let versions: Set<String>

    init(of library: ProvidedLibrary) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: library.file.string), options: .alwaysMapped)
        versions = Set(try data.withUnsafeBytes { try ELFFile($0) }.definedVersions)
        let mark = "-\(library.package.sha256.prefix(8))"
        name =
            library.soname.range(of: ".so").map { library.soname[..<$0.lowerBound] + mark + library.soname[$0.lowerBound...] }
            ?? library.soname + mark
    }
}

extension Completion {
    /// Brings a newer copy of a library, and has those that need it ask for that.
    func copy(_ library: ProvidedLibrary, for users: LibraryNeeds.Outdated, in result: inout Result) async throws {
        let copy = try LibraryCopy(of: library)
        guard users.versions.isSubset(of: copy.versions) else {
            result.missing.insert(library.soname)
            return
        }
        let file = try await patchelf().apply(ELFEdit(soname: copy.name), to: library.file)
        try await add(library, as: copy.name, file: file, to: &result, replaces: library.soname)
        result.copies[library.soname] = copy
        try await use(users, of: library.soname, in: &result)
    }

    /// Has files ask for the copy of a library that was brought before.
    func use(_ users: LibraryNeeds.Outdated, of soname: String, in result: inout Result) async throws {
        guard let copy = result.copies[soname], users.versions.isSubset(of: copy.versions) else {
            result.missing.insert(soname)
            return
        }
        let patchelf = try await patchelf()
        let edit = ELFEdit(neededReplacements: [soname: copy.name])
        for path in users.files.sorted() {
            guard let position = result.content.entries.firstIndex(where: { $0.path == path }) else { continue }
            let entry = result.content.entries[position]
            let original = try await BinaryFile(entry, cache: cache)
            let edited = try await patchelf.apply(edit, to: original.path, sha256: original.sha256)
            let size = try FileManager.default.attributesOfItem(atPath: edited.string)[.size] as? Int ?? 0
            let changed = ZipContent(path: path, isExecutable: entry.isExecutable, source: .file(edited, size: size))
            result.content.entries[position] = changed
            result.content.index.merge(try await ContentIndex(reading: [LayerFile(changed)]))
            try InstalledRecords.update(path, to: edited, in: &result.content)
        }
    }

    private func patchelf() async throws -> Patchelf {
        try await Patchelf(cache: PackageCache(root: cache.root.appending("libraries")))
    }
}
