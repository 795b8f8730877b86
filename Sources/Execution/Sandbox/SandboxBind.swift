import SystemPackage

/// A file or folder of this machine that a sandbox sees, read-only.
struct SandboxBind: Sendable, Hashable {
    let source: FilePath
    /// The path in the sandbox.
    let target: String

    init(_ source: FilePath, _ target: String) {
        self.source = source
        self.target = target
    }

    var options: [String] { ["--ro-bind", source.string, target] }
}

/// A symbolic link that a sandbox sees.
struct SandboxLink: Sendable, Hashable {
    let path: String
    /// Where it leads to in the sandbox; nothing has to be there.
    let target: String

    var options: [String] { ["--symlink", target, path] }
}
