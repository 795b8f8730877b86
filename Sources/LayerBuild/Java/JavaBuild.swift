import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// The dependencies of a Java project as the content of a layer: Maven or Gradle resolves them.
struct JavaBuild: SourceBuild {
    /// A pom.xml, or a script of Gradle's.
    var source: FilePath
    var settings: BuildSettings

    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        progress(.resolving(source.string))
        let resolver = try resolver()
        let list = settings.cache.root.appending("locks/\(try resolver.key())/artifacts.json")
        if !settings.upgrade, RememberedLock.isFresh(list, offline: settings.offline), let artifacts = Self.read(list),
            let content = try await store(artifacts).load(into: JavaLibrary.folder, progress)
        {
            progress(.resolved(packages: content.packages.count, isRemembered: true))
            return content
        }
        progress(.installing(tool: resolver.tool.name))
        return try await WorkFolder.with(in: settings.cache.work) { work in
            let resolution = try await resolver.resolve(in: work)
            guard !resolution.artifacts.isEmpty else { throw nothing(resolver) }
            let locked = try resolution.artifacts.map { LockedArtifact(file: $0.filename, sha256: try $0.digest().hexadecimal) }
            let store = try store(locked)
            progress(.resolved(packages: locked.count, isRemembered: false))
            let library = try JavaLibrary(resolution.artifacts)
            try await store.keep(library.entries, packages: library.packages)
            if resolution.isRepeatable { try await keep(locked, at: list, work) }
            guard let content = try await store.load(into: JavaLibrary.folder, progress) else {
                throw LaminaError(.inputOutput, "cannot read \(store.folder), which was just written")
            }
            return content
        }
    }

    /// What the last resolution came to.
    private struct LockedArtifact: Codable {
        var file: String
        var sha256: String
    }

    private func resolver() throws -> any JavaResolver {
        if source.lastComponent?.string == "pom.xml" { return try MavenResolver(source, settings) }
        return try GradleResolver(source, settings)
    }

    private func store(_ artifacts: [LockedArtifact]) throws -> ContentStore {
        var digest = InputDigest("java 1")
        for artifact in artifacts.sorted(by: { ($0.file, $0.sha256) < ($1.file, $1.sha256) }) { digest.add(artifact.file, artifact.sha256) }
        return ContentStore(settings.cache, key: digest.finish())
    }

    private static func read(_ list: FilePath) -> [LockedArtifact]? {
        FileManager.default.contents(atPath: list.string).flatMap { try? JSONDecoder().decode([LockedArtifact].self, from: $0) }
    }

    private func keep(_ artifacts: [LockedArtifact], at list: FilePath, _ work: FilePath) async throws {
        let file = work.appending("artifacts.json")
        try JSONEncoder().encode(artifacts).write(to: URL(fileURLWithPath: file.string))
        try await RememberedLock.keep(file, at: list)
    }

    private func nothing(_ resolver: any JavaResolver) -> LaminaError {
        LaminaError(
            .invalidArgument,
            "\(source) has no dependencies at run time: there is nothing for a layer\(resolver.hasModules ? "; name one of its modules" : "")"
        )
    }
}

/// A tool that resolves a Java project's dependencies.
protocol JavaResolver: Sendable {
    var tool: ExternalTool { get }
    /// Whether the project is made of others.
    var hasModules: Bool { get }

    /// A digest of the files that the answer follows from, as far as the project's own go.
    func key() throws -> String

    /// Resolves, and brings the jars to this machine.
    ///
    /// - Parameter work: A folder for what lasts as long as the build.
    func resolve(in work: FilePath) async throws -> JavaResolution
}

/// The jars of a project's class path at run time, but for its own.
struct JavaResolution: Sendable {
    var artifacts: [JavaArtifact]
    /// Whether the same project's files stand for the same jars, for a day.
    var isRepeatable: Bool
}
