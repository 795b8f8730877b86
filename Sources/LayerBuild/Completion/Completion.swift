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
        /// Newer copies of the system's libraries, by the system's sonames.
        var copies: [String: LibraryCopy] = [:]
        /// Sonames that no package of the source provides, or not in the version that is needed.
        var missing: Set<String> = []
    }

    /// Asks the source until nothing is missing that it has.
    func complete(_ content: LayerContent) async throws -> Result {
        var result = Result(content: content)
        try await result.content.readAll()
        let checker = LayerChecker(runtime: target.runtime, architecture: target.architecture)
        for _ in 0..<Self.rounds {
            let tree = try LayerTree(name: "", result.content.entries.map { LayerFile($0) })
            guard let needs = checker.libraryNeeds(of: tree, index: result.content.index) else { return result }
            let outdated = needs.outdated.filter { !result.missing.contains($0.key) }
            // A library of a later round may need the newer copy too.
            for (soname, users) in outdated where result.copies[soname] != nil { try await use(users, of: soname, in: &result) }
            let unknown = outdated.keys.filter { result.copies[$0] == nil }
            let wanted = needs.missing.filter { !result.missing.contains($0) } + unknown.sorted()
            guard !wanted.isEmpty else {
                if outdated.isEmpty { return result }
                continue
            }
            let provided = try await source.libraries(wanted, architecture: target.architecture) { step in
                progress(.completing(step))
            }
            result.missing.formUnion(provided.missing)
            for library in provided.libraries {
                if let users = outdated[library.soname] {
                    try await copy(library, for: users, in: &result)
                } else {
                    try await add(library, as: library.soname, file: library.file, to: &result)
                }
            }
        }
        throw LaminaError(.limitExceeded, "the libraries need others after \(Self.rounds) rounds of looking for them")
    }

    /// Puts a library into `lib/`.
    ///
    /// - Parameter replaces: The soname of the system's library whose place it takes.
    func add(
        _ library: ProvidedLibrary, as name: String, file: FilePath, to result: inout Result, replaces: String? = nil
    ) async throws {
        let size = try FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int ?? 0
        let entry = ZipContent(path: "lib/\(name)", isExecutable: true, source: .file(file, size: size))
        let index = try await ContentIndex(reading: [LayerFile(entry)])
        result.libraries.append(CompletedLibrary(path: entry.path, size: size, library: library, replaces: replaces))
        result.content.merge(LayerContent(entries: [entry], index: index))
        result.content.packages.merge(library.package, size: size)
    }
}
