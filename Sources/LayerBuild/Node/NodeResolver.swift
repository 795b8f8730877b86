import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// Finds the lock of a project, or makes one and remembers it.
struct NodeResolver: Sendable {
    let npm: NPM
    let target: NodeTarget
    let settings: BuildSettings

    struct Resolution: Sendable {
        var lock: FilePath
        /// Whether the lock was at hand.
        var isRemembered: Bool
        /// Whether it was made here, for want of the project's own.
        var isOurs: Bool
    }

    /// The project's own lock; else one that npm makes now, or made within a day from the same files.
    func resolve(_ project: NodeProject, _ progress: (BuildProgress) -> Void) async throws -> Resolution {
        if let lock = project.lock { return Resolution(lock: lock, isRemembered: true, isOurs: false) }
        progress(
            .note("\(project.folder.folder) has no package-lock.json: another day's build can hold other versions. 'npm install' makes one")
        )
        var digest = InputDigest("node lock 1")
        digest.add("cpu", target.cpu)
        digest.addEnvironment(prefixes: ["npm_config_"])
        try project.folder.update(&digest, lock: nil)
        let path = settings.cache.root.appending("locks/\(digest.finish())/package-lock.json")
        if !settings.upgrade, RememberedLock.isFresh(path, offline: settings.offline) {
            return Resolution(lock: path, isRemembered: true, isOurs: true)
        }
        try await WorkFolder.with(in: settings.cache.work) { work in
            let copy = try project.folder.copy(into: work, lock: nil)
            try await npm.lock(copy, for: target)
            try await RememberedLock.keep(copy.appending("package-lock.json"), at: path)
        }
        return Resolution(lock: path, isRemembered: false, isOurs: true)
    }
}
