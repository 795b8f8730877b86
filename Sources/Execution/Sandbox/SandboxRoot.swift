import ContainerImages
import SystemPackage

/// What a sandbox has at `/` below what a function brings: the operating system, the interpreter and the runtime client.
enum SandboxRoot: Sendable {
    /// This machine's own libraries and programs, and of a runtime that has them an interpreter and the folder for /var/runtime.
    case machine(SystemView, LanguageFolder?, runtime: FilePath?)
    /// A root file system of its own, which has all three. It holds the folders and files that others are bound to.
    case image(FilePath)

    var isImage: Bool {
        if case .image = self { true } else { false }
    }

    /// bubblewrap's options for all of it.
    var options: [String] {
        switch self {
        case .machine(let system, let language, let runtime):
            let own = runtime.map { SandboxBind($0, "/var/runtime").options } ?? ["--dir", "/var/runtime"]
            return SandboxBind(system.folder, "/usr").options + SystemView.rootLinks + system.hostBinds.flatMap(\.options) + own
                + (language?.options ?? [])
        case .image(let folder): return SandboxBind(folder, "/").options
        }
    }

    /// Below /etc, where distributions keep the certificates that TLS trusts. Beside them are private keys.
    static let trustFolders = ["ssl/certs", "pki/ca-trust", "pki/tls/certs"]

    /// Below /etc, the file of OpenSSL's settings.
    static let trustConfiguration = "ssl/openssl.cnf"

    /// bubblewrap's options for the files of /etc that every sandbox shares.
    ///
    /// - Parameter folder: Where this machine has them.
    func configurationOptions(_ folder: FilePath) -> [String] {
        switch self {
        case .machine:
            SandboxBind(folder, "/etc").options
                + (Self.trustFolders + [Self.trustConfiguration]).flatMap { ["--ro-bind-try", "/etc/\($0)", "/etc/\($0)"] }
        // All else of /etc is the image's.
        case .image:
            RootMountPoints.configurationFiles.flatMap { ["--ro-bind-try", folder.appending($0).string, "/etc/\($0)"] }
        }
    }
}
