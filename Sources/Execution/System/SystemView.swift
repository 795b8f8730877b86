import Foundation
import Interpreters
import SystemPackage

/// The folder that a sandbox sees at /usr: symbolic links to those of this machine's libraries and programs that Lambda has too.
///
/// The links lead into ``hostBinds``, where no loader searches. A library that Lambda lacks is then found neither by its name nor by what
/// needs it.
struct SystemView: Sendable {
    /// The folder to bind at /usr.
    let folder: FilePath
    /// The machine's own folders, at places of which only the links know.
    let hostBinds: [SandboxBind]

    /// - Parameter folder: What a ``SystemViewBuilder`` made.
    init(existingAt folder: FilePath) {
        self.folder = folder
        hostBinds = Self.hostFolders.map { SandboxBind($0, Self.hostRoot + $0.string) }
    }

    /// Notes the time, for the sweep of those that are not used any more; false where the view is gone.
    func use() -> Bool { CachedFolder.use(folder) }

    /// Those of the machine's folders of libraries and programs that are no links to others.
    static let hostFolders = ["/usr", "/bin", "/lib", "/lib64"].map { FilePath($0) }.filter { $0.resolved == $0 }

    /// Below it a sandbox sees the machine's own folders.
    static let hostRoot = "/run/lamina/host"

    /// The folders of `/` that are links into /usr.
    static let rootFolders = ["bin", "sbin", "lib", "lib64"]

    /// ``rootFolders`` as bubblewrap's options.
    static let rootLinks = rootFolders.flatMap { ["--symlink", "usr/\($0)", "/\($0)"] }
}
