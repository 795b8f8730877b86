import Foundation
import SystemPackage

/// bubblewrap's arguments for one execution environment: what a function sees of the machine.
struct SandboxArguments: Sendable {
    /// Folders of this machine, by where the function sees them.
    struct Folders: Sendable {
        /// /var/lang: the interpreter.
        var language: FilePath
        /// /var/runtime: the runtime client.
        var runtime: FilePath
        /// /var/task: the deployment package.
        var task: FilePath
        /// /opt: the layers.
        var layers: FilePath
        /// /tmp, the only one that is writable.
        var temporary: FilePath
        /// Files of /etc that every sandbox shares.
        var configuration: FilePath
    }

    /// The user of Lambda's sandboxes, `sbx_user1051`.
    static let user = 1051

    let folders: Folders
    let environment: [String: String]
    let command: [String]

    /// The options, for `--args`: the environment among them is not for the machine's list of processes.
    var options: [String] {
        var list = [
            "--unshare-all", "--die-with-parent", "--new-session", "--uid", String(Self.user), "--gid", String(Self.user), "--hostname",
            "lamina", "--clearenv", "--ro-bind", "/usr", "/usr",
        ]
        list += Self.systemLinks
        list += ["--ro-bind", folders.configuration.string, "/etc"]
        for path in ["/etc/ssl", "/etc/alternatives", "/etc/ld.so.cache"] { list += ["--ro-bind-try", path, path] }
        list += [
            "--ro-bind", folders.language.string, "/var/lang", "--ro-bind", folders.runtime.string, "/var/runtime", "--ro-bind",
            folders.task.string, "/var/task", "--ro-bind", folders.layers.string, "/opt", "--bind", folders.temporary.string, "/tmp",
            "--proc",
            "/proc", "--dev", "/dev", "--remount-ro", "/", "--chdir", "/var/task",
        ]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { list += ["--setenv", name, value] }
        return list
    }

    /// `/bin`, `/lib` and their like, as links into /usr or as folders, whichever this machine has.
    private static let systemLinks: [String] = ["/bin", "/sbin", "/lib", "/lib64"].flatMap { path in
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) { return ["--symlink", target, path] }
        return FileManager.default.fileExists(atPath: path) ? ["--ro-bind", path, path] : []
    }

    /// Writes the files of /etc that every sandbox shares, and the empty files and folders that others are bound to.
    static func writeConfiguration(to folder: FilePath) throws {
        let files = FileManager.default
        for name in ["ssl", "alternatives"] {
            try files.createDirectory(atPath: folder.appending(name).string, withIntermediateDirectories: true)
        }
        let texts = [
            "passwd": "root:x:0:0:root:/root:/sbin/nologin\nsbx_user\(user):x:\(user):\(user)::/home/sbx_user\(user):/sbin/nologin\n",
            "group": "root:x:0:\nsbx_user\(user):x:\(user):\n",
            "hosts": "127.0.0.1 localhost\n", "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n", "ld.so.cache": "",
        ]
        for (name, text) in texts {
            let path = folder.appending(name).string
            // A server on a full disk is to start all the same.
            if (try? String(contentsOfFile: path, encoding: .utf8)) == text { continue }
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }
}
