import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// A Gemfile's gems as the content of a layer: bundler installs them in a private copy.
struct RubyBuild: SourceBuild {
    /// The Gemfile, or its lock.
    var source: FilePath
    var settings: BuildSettings

    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        let target = try RubyTarget(target)
        progress(.resolving(source.string))
        let project = try RubyProject(source)
        let bundler = try await Bundler(for: target, offline: settings.offline)
        let (lock, isRemembered) = try await lock(project, bundler, progress)
        let store = ContentStore(settings.cache, key: try key(project, lock: lock, bundler, "gems"))
        if let content = try await store.load(into: target.gemFolder, progress) {
            progress(.resolved(packages: content.packages.count, isRemembered: isRemembered))
            return content
        }
        progress(.installing(tool: "bundler"))
        try await inWorkplace(project, lock: lock, bundler) { place in
            let home = try await bundler.install(place)
            let gems = try InstalledGems(in: home, list: place.list)
            try await store.keep(gems.entries, packages: gems.packages, notes: gems.notes(target))
        }
        guard let content = try await store.load(into: target.gemFolder, progress) else {
            throw LaminaError(.inputOutput, "cannot read \(store.folder), which was just written")
        }
        return content
    }

    /// The project's own lock if it chose gems for the platform; else one that bundler makes of it, or made within a day.
    private func lock(
        _ project: RubyProject, _ bundler: Bundler, _ progress: (BuildProgress) -> Void
    ) async throws -> (path: FilePath, isRemembered: Bool) {
        let platform = bundler.target.platform
        if let lock = project.lock {
            if lock.content.has(platform) { return (lock.path, true) }
            progress(
                .note("\(lock.path) has no gems chosen for \(platform): 'bundle lock --add-platform \(platform)' does it once for all"))
        } else {
            progress(
                .note("\(project.folder.folder) has no Gemfile.lock: another day's build can hold other versions. 'bundle lock' makes one"))
        }
        let name = project.gemfile == "Gemfile" ? "Gemfile.lock" : "gems.locked"
        let path = settings.cache.root.appending("locks/\(try key(project, lock: project.lock?.path, bundler, "lock"))/\(name)")
        if !settings.upgrade, RememberedLock.isFresh(path, offline: settings.offline) { return (path, true) }
        try await inWorkplace(project, lock: project.lock?.path, bundler) { place in
            try await bundler.lock(place)
            try await RememberedLock.keep(place.project.appending(name), at: path)
        }
        return (path, false)
    }

    private func inWorkplace(
        _ project: RubyProject, lock: FilePath?, _ bundler: Bundler, _ work: (Bundler.Workplace) async throws -> Void
    ) async throws {
        try await WorkFolder.with(in: settings.cache.work) { folder in
            let copy = try project.folder.copy(into: folder, lock: lock)
            if let gems = project.vendoredGems { try PrivateCopy.make(of: gems, at: copy.appending("vendor/cache")) }
            let place = Bundler.Workplace(
                work: folder, project: copy, gemfile: project.gemfile,
                rubyVersion: bundler.target.fullVersion(locked: project.lock?.content.rubyVersion))
            try bundler.prepare(place, configuration: project.configuration)
            try await work(place)
        }
    }

    /// A digest of all that bundler's answer follows from.
    private func key(_ project: RubyProject, lock: FilePath?, _ bundler: Bundler, _ purpose: String) throws -> String {
        var digest = InputDigest("ruby \(purpose) \(RubyProgram.version)")
        digest.add("tools", bundler.versions.joined(separator: " "))
        digest.add("target", "\(bundler.target.version) \(bundler.target.platform) \(bundler.compiles)")
        digest.add("configuration", project.configuration)
        digest.addEnvironment(prefixes: ["bundle_"])
        try project.folder.update(&digest, lock: lock)
        return digest.finish()
    }
}
