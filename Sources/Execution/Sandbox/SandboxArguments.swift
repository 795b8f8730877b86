import Foundation
import LambdaModel
import SystemPackage

/// bubblewrap's arguments for one execution environment: what a function sees of the machine.
struct SandboxArguments: Sendable {
    /// Folders of this machine, by where the function sees them.
    struct Folders: Sendable {
        var root: SandboxRoot
        /// /var/task: the deployment package.
        var task: FilePath
        /// /opt: the layers.
        var layers: FilePath
        /// /tmp, the only one that is writable; nil for one in memory.
        var temporary: FilePath?
        /// Files of /etc that every sandbox shares.
        var configuration: FilePath
        /// The file for /etc/resolv.conf; nil where there are no name servers.
        var resolver: FilePath?
        /// What lies upon the others.
        var covers: [SandboxBind] = []
    }

    /// The user of Lambda's sandboxes, `sbx_user1051`.
    static let user = 1051

    var folders: Folders
    var environment: [String: String]
    var command: [String]

    /// The options, for `--args`: the environment among them is not for the machine's list of processes.
    var options: [String] {
        var list = [
            "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--uid",
            String(Self.user), "--gid", String(Self.user), "--hostname",
            // An address, as Lambda's are.
            SandboxNamespaces.address, "--clearenv",
        ]
        let binds = [SandboxBind(folders.task, "/var/task"), SandboxBind(folders.layers, "/opt")]
        list += folders.root.options + folders.root.configurationOptions(folders.configuration)
        list += (binds + folders.covers).flatMap(\.options)
        if let resolver = folders.resolver { list += SandboxBind(resolver, "/etc/resolv.conf").options }
        if let temporary = folders.temporary {
            list += ["--bind", temporary.string, "/tmp"]
        } else {
            list += ["--size", String(Limits.ephemeralStorage.lowerBound << 20), "--tmpfs", "/tmp"]
        }
        list += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/var/task"]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { list += ["--setenv", name, value] }
        return list
    }

    /// Writes the files of /etc that every sandbox shares, and what others are bound to.
    static func writeConfiguration(to folder: FilePath) throws {
        try SharedFile.makeFolder(folder)
        for name in SandboxRoot.trustFolders {
            var path = folder
            for component in FilePath(name).components {
                path.append(component)
                try SharedFile.makeFolder(path)
            }
        }
        let texts = [
            "passwd": "root:x:0:0:root:/root:/sbin/nologin\nsbx_user\(user):x:\(user):\(user)::/home/sbx_user\(user):/sbin/nologin\n",
            "group": "root:x:0:\nsbx_user\(user):x:\(user):\n",
            "hosts": "127.0.0.1 localhost\n127.0.0.1 sandbox.localdomain sandbox\n", "resolv.conf": "",
            "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n", SandboxRoot.trustConfiguration: "",
        ]
        // Where Fedora's OpenSSL looks.
        symlink("certs/ca-bundle.crt", folder.appending("pki/tls/cert.pem").string)
        for (name, text) in texts { try SharedFile.write(text, to: folder.appending(name)) }
    }
}
