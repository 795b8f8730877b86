import ELFFile
import Foundation
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage
import SystemPackages
import ZipArchive

/// Puts the shared libraries that a layer needs and Lambda lacks into its `lib/` folder, and what these need in turn.
struct Completion: Sendable {
    /// Rounds of asking for what the found libraries need.
    private static let rounds = 32

    let source: any LibrarySource
    let target: BuildTarget
    let cache: BuildCache
    let progress: @Sendable (BuildProgress) -> Void

    /// What was brought, and what nothing has.
    struct Result: Sendable {
        var content: LayerContent
        var libraries: [CompletedLibrary] = []
        /// Sonames that no package of the source provides.
        var missing: Set<String> = []
    }

    /// Asks the source until nothing is missing that it has.
    func complete(_ content: LayerContent) async throws -> Result {
        var result = Result(content: content)
        try await readAll(&result.content)
        let checker = LayerChecker(runtime: target.runtime, architecture: target.architecture)
        for _ in 0..<Self.rounds {
            let tree = try LayerTree(name: "", result.content.entries.map { LayerFile($0) })
            guard let needs = checker.libraryNeeds(of: tree, index: result.content.index) else { return result }
            let replaced = result.libraries.compactMap(\.replaces)
            let outdated = needs.outdated.filter { !result.missing.contains($0.key) && !replaced.contains($0.key) }
            let wanted = needs.missing.filter { !result.missing.contains($0) } + outdated.keys.sorted()
            guard !wanted.isEmpty else { return result }
            let provided = try await source.libraries(wanted, architecture: target.architecture) { step in
                progress(.completing(step))
            }
            result.missing.formUnion(provided.missing)
            for library in provided.libraries {
                if let outdated = outdated[library.soname] {
                    try await replace(library, outdated, in: &result)
                } else {
                    try await add(library, as: library.soname, file: library.file, to: &result)
                }
            }
        }
        throw LaminaError(.limitExceeded, "the libraries need others after \(Self.rounds) rounds of looking for them")
    }

    /// Reads what of the content no build has read.
    private func readAll(_ content: inout LayerContent) async throws {
        let unread = content.entries.filter { !content.index.covered.contains($0.path) }
        content.index.merge(try await ContentIndex(reading: unread.map { LayerFile($0) }))
    }

    private func add(
        _ library: ProvidedLibrary, as name: String, file: FilePath, to result: inout Result, replaces: String? = nil
    ) async throws {
        let size = try FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int ?? 0
        let entry = ZipContent(path: "lib/\(name)", isExecutable: true, source: .file(file, size: size))
        let index = try await ContentIndex(reading: [LayerFile(entry)])
        result.libraries.append(CompletedLibrary(path: entry.path, size: size, library: library, replaces: replaces))
        result.content.merge(LayerContent(entries: [entry], index: index))
        result.content.packages.merge(library.package, size: size)
    }

    /// Brings a newer copy of a library that the system has too, under a name of its own, and has those that need it ask for that.
    ///
    /// The system's folders come first on Lambda's library path, and a process has one library a soname: with the old name the system's
    /// would be loaded (auditwheel does the same).
    private func replace(_ library: ProvidedLibrary, _ outdated: LibraryNeeds.Outdated, in result: inout Result) async throws {
        let copy = ZipContent(
            path: library.soname,
            source: .file(library.file, size: try Data(contentsOf: URL(fileURLWithPath: library.file.string), options: .mappedIfSafe).count)
        )
        let defined = try await ContentIndex(reading: [LayerFile(copy)]).binaries[library.soname]?.definedVersions ?? []
        guard outdated.versions.isSubset(of: defined) else {
            result.missing.insert(library.soname)
            return
        }
        let patchelf = try await Patchelf(cache: PackageCache(root: cache.root.appending("libraries")))
        let name = Self.ownName(library.soname, library.package.sha256)
        let renamed = try await patchelf.apply(ELFEdit(soname: name), to: library.file)
        try await add(library, as: name, file: renamed, to: &result, replaces: library.soname)
        let edit = ELFEdit(neededReplacements: [library.soname: name])
        for path in outdated.files.sorted() {
            guard let position = result.content.entries.firstIndex(where: { $0.path == path }) else { continue }
            let entry = result.content.entries[position]
            let original = try await BinaryFile.extract(entry, cache: cache)
            let edited = try await patchelf.apply(edit, to: original)
            let size = try FileManager.default.attributesOfItem(atPath: edited.string)[.size] as? Int ?? 0
            let changed = ZipContent(path: path, isExecutable: entry.isExecutable, source: .file(edited, size: size))
            result.content.entries[position] = changed
            result.content.index.remove([path])
            result.content.index.merge(try await ContentIndex(reading: [LayerFile(changed)]))
            try InstalledRecords.update(path, to: edited, in: &result.content)
        }
    }

    /// A soname that no system has: `libstdc++-1a2b3c4d.so.6`.
    private static func ownName(_ soname: String, _ sha256: String) -> String {
        guard let ending = soname.range(of: ".so") else { return "\(soname)-\(sha256.prefix(8))" }
        return "\(soname[..<ending.lowerBound])-\(sha256.prefix(8))\(soname[ending.lowerBound...])"
    }
}
