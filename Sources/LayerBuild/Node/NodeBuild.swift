import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// A Node project's packages as the content of a layer: npm installs them in a private copy.
struct NodeBuild: SourceBuild {
    /// The package.json, or a lock beside it.
    var source: FilePath
    var settings: BuildSettings

    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        let target = try NodeTarget(target)
        progress(.resolving(source.string))
        let project = try NodeProject(source)
        let npm = try await NPM(offline: settings.offline)
        let resolution = try await NodeResolver(npm: npm, target: target, settings: settings).resolve(project, progress)
        let lock = try NodeLock(contentsOf: resolution.lock)
        try requireComplete(lock)

        let destination = settings.nodeLayout.modulesFolder(major: target.major)
        let store = ContentStore(settings.cache, key: try key(project, resolution, npm, target))
        if let content = try await store.load(into: destination, progress) {
            progress(.resolved(packages: content.packages.count, isRemembered: true))
            return content
        }
        progress(.resolved(packages: lock.count, isRemembered: resolution.isRemembered))
        progress(.installing(tool: "npm"))
        try await WorkFolder.with(in: settings.cache.work) { work in
            let copy = try project.folder.copy(into: work, lock: resolution.lock)
            try await npm.install(copy, for: target, installsLinks: installsLinks(lock, project, resolution))
            let modules = try NodeModules(of: copy, work: work)
            let addons = NodeAddons(modules: modules, target: target)
            try addons.pruneForeignBinaries()
            let uncompiled = try addons.uncompiled()
            if !uncompiled.isEmpty { try await addons.compile(uncompiled, with: npm, in: copy) }
            let entries = try modules.entries()
            try await store.keep(entries, packages: modules.packages(entries), notes: notes(lock, modules, uncompiled, target))
        }
        guard let content = try await store.load(into: destination, progress) else {
            throw LaminaError(.inputOutput, "cannot read \(store.folder), which was just written")
        }
        return content
    }

    /// A digest of all that the installed files follow from.
    private func key(_ project: NodeProject, _ resolution: NodeResolver.Resolution, _ npm: NPM, _ target: NodeTarget) throws -> String {
        var digest = InputDigest("node 1")
        digest.add("npm", npm.version)
        digest.add("cpu", target.cpu)
        digest.add("node", "\(target.major)")
        digest.addEnvironment(prefixes: ["npm_config_"])
        try project.folder.update(&digest, lock: resolution.lock)
        return digest.finish()
    }

    private func requireComplete(_ lock: NodeLock) throws {
        guard let missing = lock.unlockedDependencies.first else { return }
        throw LaminaError(
            .unsupported,
            """
            \(missing.folder) depends on \(missing.dependency), which package-lock.json does not have, because npm links folders outside the \
            project without their dependencies: run 'npm install --install-links' to make a lock that has them
            """)
    }

    /// Whether the lock takes local folders as packages to copy.
    private func installsLinks(_ lock: NodeLock, _ project: NodeProject, _ resolution: NodeResolver.Resolution) -> Bool {
        resolution.isOurs
            || lock.packages.values.contains { entry in
                guard entry.link != true, let path = entry.resolved.flatMap(NodeManifest.localPath) else { return false }
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: project.folder.resolve(path).string, isDirectory: &isFolder)
                    && isFolder.boolValue
            }
    }

    private func notes(
        _ lock: NodeLock, _ modules: NodeModules, _ compiled: [NodeModules.InstalledPackage], _ target: NodeTarget
    ) -> [String] {
        var notes: [String] = []
        let ran = Set(compiled.map(\.path))
        let passedOver = modules.installed.filter { $0.entry.hasInstallScript == true && !ran.contains($0.path) }.map(\.name)
        if !passedOver.isEmpty {
            notes.append(
                "install scripts were not run, since they would act for this machine: \(Set(passedOver).sorted().joined(separator: ", "))")
        }
        let missing = lock.missingBinaries(cpu: target.cpu)
        if !missing.isEmpty {
            notes.append(
                """
                package-lock.json leaves out \(missing.joined(separator: ", ")), which is for the layer's platform: remove node_modules and \
                package-lock.json and run 'npm install' to have it
                """)
        }
        return notes
    }
}
