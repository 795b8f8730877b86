import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// Gradle, the project's own where it has a wrapper.
struct GradleResolver: JavaResolver {
    private static let scripts = ["settings.gradle", "settings.gradle.kts"]
    /// Of files that a resolution follows from.
    private static let endings = [".gradle", ".kts", ".properties", ".lockfile", ".toml"]
    /// What holds nothing that a resolution follows from.
    private static let unread: Set = [".git", ".gradle", "build", "node_modules", "out", "src"]

    let tool: ExternalTool
    let hasModules: Bool
    private let folder: FilePath
    /// The folder of the whole build, of which the project may be a part.
    private let root: FilePath
    private let settings: BuildSettings

    /// - Throws: ``LaminaError`` `toolMissing`.
    init(_ source: FilePath, _ settings: BuildSettings) throws {
        let project = try ProjectFolder(source.absolute.removingLastComponent(), excluding: Self.unread)
        folder = project.folder
        self.settings = settings
        var root = project.folder
        while !Self.scripts.contains(where: { [root] in BuildCache.exists(root.appending($0)) }), root.removeLastComponent() {}
        let isRoot = root.components.isEmpty || root == project.folder
        self.root = isRoot ? project.folder : root
        hasModules = Self.scripts.contains { project.existing($0) != nil }
        let wrapper = self.root.appending("gradlew")
        tool =
            FileManager.default.isExecutableFile(atPath: wrapper.string)
            ? ExternalTool(name: "gradlew", executable: wrapper)
            : try ExternalTool("gradle", install: "install Gradle (https://gradle.org), or put its wrapper, gradlew, into the project")
    }

    func key() throws -> String {
        var digest = InputDigest("gradle 1")
        digest.add("project", folder.string)
        digest.addEnvironment(prefixes: ["gradle_", "org_gradle_"])
        let walk = try FolderWalk(root) { item in
            !Self.unread.contains(item.name) && !item.path.split(separator: "/").dropLast().contains("buildSrc")
        }
        for item in walk.items {
            if item.name == "buildSrc" {
                try digest.add(item.location.string, contentsOf: item.location, excluding: [".gradle", "build"])
            } else if item.kind != .directory, Self.endings.contains(where: item.name.hasSuffix) {
                try digest.add(item.location.string, contentsOf: item.location)
            }
        }
        return digest.finish()
    }

    func resolve(in work: FilePath) async throws -> JavaResolution {
        let script = work.appending("init.gradle"), list = work.appending("artifacts")
        do {
            try Data(Self.program.utf8).write(to: URL(fileURLWithPath: script.string))
        } catch {
            throw LaminaError(.inputOutput, "cannot write \(script)", cause: error)
        }
        var arguments = [
            "--no-daemon", "--quiet", "--console=plain", "--init-script", script.string, "--project-cache-dir",
            work.appending("project-cache").string, "--project-dir", folder.string, "laminaRuntimeClasspath",
        ]
        if settings.offline { arguments.append("--offline") }
        if settings.upgrade { arguments.append("--refresh-dependencies") }
        try await tool.run(
            arguments, in: folder,
            environment: [
                "LAMINA_PROJECT": folder.string, "LAMINA_LIST": list.string, "LAMINA_BUILD": work.appending("build").string,
            ],
            explaining: "Gradle cannot resolve the dependencies of \(folder)")
        return try Self.resolution(list)
    }

    private static func resolution(_ list: FilePath) throws -> JavaResolution {
        guard let data = FileManager.default.contents(atPath: list.string) else {
            throw LaminaError(.toolFailed, "Gradle listed no dependencies")
        }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        let artifacts = lines.filter { $0.count == 4 && $0[3].hasSuffix(".jar") }.map { fields in
            JavaArtifact(
                path: fields[3], group: fields[0].isEmpty ? nil : fields[0], name: fields[1].isEmpty ? nil : fields[1],
                version: fields[2].isEmpty ? nil : fields[2])
        }
        return JavaResolution(artifacts: artifacts, isRepeatable: artifacts.allSatisfy { $0.group != nil })
    }

    /// Lists the class path, a line an artifact: group, name, version, file. What has no coordinates is of this machine. Parts of the
    /// same build that the project depends on are built, outside of the user's folders.
    private static let program = """
        import org.gradle.api.artifacts.component.ModuleComponentIdentifier

        def wanted = new File(System.getenv('LAMINA_PROJECT')).canonicalFile
        def list = new File(System.getenv('LAMINA_LIST'))
        def build = new File(System.getenv('LAMINA_BUILD'))

        allprojects { project ->
            project.layout.buildDirectory.set(new File(build, project.path.replace(':', '_')))
            if (project.projectDir.canonicalFile != wanted) return
            project.tasks.create('laminaRuntimeClasspath') { task ->
                project.afterEvaluate {
                    def classpath = project.configurations.findByName('runtimeClasspath')
                    if (classpath == null) {
                        throw new GradleException("${project} has no runtimeClasspath: it applies no plugin for Java")
                    }
                    task.dependsOn(classpath)
                    task.doLast {
                        list.text = classpath.incoming.artifacts.artifacts.collect { artifact ->
                            def id = artifact.id.componentIdentifier
                            def names = id instanceof ModuleComponentIdentifier ? [id.group, id.module, id.version] : ['', '', '']
                            (names + [artifact.file.absolutePath]).join('\\t') + '\\n'
                        }.join('')
                    }
                }
            }
        }
        """
}
