import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// Turns a Python source into a lock, and remembers it.
struct PythonResolver: Sendable {
    let cache: BuildCache
    let target: PythonTarget
    let settings: BuildSettings

    /// The lock, and whether it was at hand.
    struct Resolution: Sendable {
        var lock: PythonLock
        var isRemembered: Bool
        var notes: [String] = []
    }

    private var environment: MarkerEnvironment { MarkerEnvironment(target, extras: settings.extras, groups: settings.groups) }

    /// Resolves for the target platform, unless the same inputs were resolved within a day.
    ///
    /// - Throws: ``LaminaError``; `invalidArgument` for extras or groups that the source cannot have.
    func resolve(_ source: PythonSource) async throws -> Resolution {
        try requireSelectable(source)
        switch source.kind {
        case .pylock:
            return Resolution(lock: try PythonLock(contentsOf: source.path, for: environment), isRemembered: true)
        case .uvLock:
            return try await remembered(source, try ResolutionKey(source, target, settings)) { output in
                try await UV(offline: settings.offline)
                    .export(source.path, to: output, extras: settings.extras, groups: settings.groups, target)
            }
        case .poetryLock: return try await resolve(source, try PoetryLock(source.path).pinned(for: environment))
        case .pipfileLock: return try await resolve(source, try PipfileLock(source.path).pinned(for: environment))
        case .pyproject:
            return try await remembered(source, try ResolutionKey(source, target, settings)) {
                try await compile(source.path, in: source.folder, to: $0)
            }
        case .requirements:
            let file = try RequirementsFile(source.path)
            let key = try ResolutionKey(source, target, settings, including: file)
            var resolution = try await remembered(source, key) { try await compile(source.path, in: file.base, to: $0) }
            try HashPins(file).restrict(&resolution.lock)
            return resolution
        }
    }

    private func requireSelectable(_ source: PythonSource) throws {
        let isPlain = source.kind == .requirements
        guard settings.extras.isEmpty || !isPlain && source.kind != .pipfileLock else {
            throw LaminaError(
                .invalidArgument, "--extra \(settings.extras[0]): a \(source.kind.rawValue) has no extras; write 'name[extra]' in it")
        }
        guard settings.groups.isEmpty || !isPlain else {
            throw LaminaError(
                .invalidArgument, "--group \(settings.groups[0]): a \(source.kind.rawValue) has no groups; give pyproject.toml or a lock")
        }
    }

    /// Finds the files of what another tool's lock pins.
    private func resolve(_ source: PythonSource, _ pinned: PinnedPackages) async throws -> Resolution {
        var resolution = Resolution(lock: PythonLock(packages: []), isRemembered: true)
        if pinned.needsIndex {
            resolution = try await remembered(source, ResolutionKey(pinned.requirements, source, target)) { output in
                let requirements = output.removingLastComponent().appending("requirements.txt")
                try Data(pinned.requirements.utf8).write(to: URL(fileURLWithPath: requirements.string))
                var options = UV.Options()
                options.withoutDependencies = true
                try await UV(offline: settings.offline).compile(requirements, for: target, to: output, options)
            }
            try pinned.hashes.restrict(&resolution.lock)
        }
        resolution.lock.packages += pinned.direct
        resolution.notes = pinned.notes
        return resolution
    }

    private func compile(_ source: FilePath, in folder: FilePath, to output: FilePath) async throws {
        var options = UV.Options()
        options.folder = folder
        options.extras = settings.extras
        options.groups = settings.groups
        let resolution = WheelResolution(
            source: source, target: target, environment: environment, uv: try UV(offline: settings.offline), options: options)
        try await resolution.write(to: output)
    }

    /// The lock of a key, made where it is not at hand.
    private func remembered(
        _ source: PythonSource, _ key: ResolutionKey, _ make: (FilePath) async throws -> Void
    ) async throws -> Resolution {
        let path = cache.lock(key: key.text)
        // What follows from a lock stays right.
        let isFresh = source.isLock || !settings.upgrade && RememberedLock.isFresh(path, offline: settings.offline)
        if isFresh, let lock = try? PythonLock(contentsOf: path, for: environment) {
            return Resolution(lock: lock, isRemembered: true)
        }
        // uv reads an existing output file as preferences and wants its name, hence a folder of its own at the same depth.
        return try await WorkFolder.with(in: cache.work) { work in
            let output = work.appending("pylock.toml")
            try await make(output)
            let lock = try PythonLock(contentsOf: output, for: environment)
            try await RememberedLock.keep(output, at: path)
            return Resolution(lock: lock, isRemembered: false)
        }
    }
}
