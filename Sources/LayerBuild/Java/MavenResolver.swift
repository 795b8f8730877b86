import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// Maven and its dependency plugin.
struct MavenResolver: JavaResolver {
    /// Parents that are followed.
    private static let parentLimit = 32

    let tool: ExternalTool
    let hasModules: Bool
    private let pom: FilePath
    private let settings: BuildSettings

    /// - Throws: ``LaminaError`` `toolMissing`, `corrupt`.
    init(_ source: FilePath, _ settings: BuildSettings) throws {
        pom = source.absolute
        self.settings = settings
        hasModules = try Self.read(pom).hasModules
        let wrapper = pom.removingLastComponent().appending("mvnw")
        do {
            tool = try ExternalTool("mvn", install: "install Maven (https://maven.apache.org)")
        } catch {
            guard FileManager.default.isExecutableFile(atPath: wrapper.string) else { throw error }
            tool = ExternalTool(name: "mvnw", executable: wrapper)
        }
    }

    func key() throws -> String {
        var digest = InputDigest("maven 1")
        digest.addEnvironment(prefixes: ["maven_"])
        var file = pom
        for depth in 0..<Self.parentLimit {
            try digest.add("pom \(depth)", contentsOf: file)
            let folder = file.removingLastComponent()
            let configuration = folder.appending(".mvn")
            if BuildCache.exists(configuration) { try digest.add("configuration \(depth)", contentsOf: configuration) }
            guard let path = try Self.read(file).parentPath else { break }
            var parent = folder.pushing(FilePath(path)).lexicallyNormalized()
            if BuildCache.exists(parent.appending("pom.xml")) { parent = parent.appending("pom.xml") }
            guard BuildCache.exists(parent) else { break }
            file = parent
        }
        return digest.finish()
    }

    private static func read(_ pom: FilePath) throws -> PomFile {
        guard let data = FileManager.default.contents(atPath: pom.string), let file = PomFile(data) else {
            throw LaminaError(.corrupt, "\(pom) is no pom: it holds no XML")
        }
        return file
    }

    func resolve(in work: FilePath) async throws -> JavaResolution {
        let folder = work.appending("repository")
        var arguments = [
            "--batch-mode", "--quiet", "--non-recursive", "-Dstyle.color=never", "--file", pom.string, "dependency:copy-dependencies",
            "-DincludeScope=runtime", "-DoutputDirectory=\(folder)", "-Dmdep.useRepositoryLayout=true", "-Dmdep.copyPom=true",
        ]
        if settings.offline { arguments.append("--offline") }
        if settings.upgrade { arguments.append("--update-snapshots") }
        try await tool.run(
            arguments, in: pom.removingLastComponent(), explaining: "Maven cannot resolve the dependencies of \(pom)")
        return JavaResolution(artifacts: try artifacts(in: folder), isRepeatable: true)
    }

    /// The jars of a folder that is laid out as a repository: `GROUP/AS/FOLDERS/ARTIFACT/VERSION/FILE`.
    private func artifacts(in folder: FilePath) throws -> [JavaArtifact] {
        guard BuildCache.exists(folder) else { return [] }
        return try FolderWalk(folder).items.filter { $0.name.hasSuffix(".jar") }.compactMap { item in
            let parts = item.path.split(separator: "/").map(String.init)
            guard parts.count > 3 else { return nil }
            let (version, name) = (parts[parts.count - 2], parts[parts.count - 3])
            return JavaArtifact(
                path: item.location.string, group: parts.dropLast(3).joined(separator: "."), name: name, version: version,
                pom: item.location.removingLastComponent().appending("\(name)-\(version).pom").string)
        }
    }
}
