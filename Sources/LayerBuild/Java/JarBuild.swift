import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import ZipArchive

/// Jars that the user has, one or a folder of them.
struct JarBuild: SourceBuild {
    var path: FilePath
    var isFolder: Bool

    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        var jars = [path]
        if isFolder {
            let names = try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
            jars = names.filter { $0.hasSuffix(".jar") }.map { path.appending($0) }
            let others = names.filter { !$0.hasSuffix(".jar") && !$0.hasPrefix(".") }
            if !others.isEmpty {
                progress(
                    .note("\(path) holds besides its jars what no class path takes, and it is left out: \(others.joined(separator: ", "))"))
            }
        }
        var library = try JavaLibrary(jars.map { JavaArtifact(path: $0.string) }).content
        for index in library.entries.indices { library.entries[index].path = "\(JavaLibrary.folder)/\(library.entries[index].path)" }
        return library
    }
}

extension JavaLibrary {
    /// The jars by their own names.
    var content: LayerContent { LayerContent(entries: entries, packages: packages) }
}
