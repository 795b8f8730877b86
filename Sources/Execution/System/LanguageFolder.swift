import Foundation
import Interpreters
import SystemPackage

/// An interpreter of this machine as a sandbox sees it, at /var/lang.
struct LanguageFolder: Sendable, Hashable {
    /// What is bound where.
    private(set) var binds: [SandboxBind]
    /// Folders below /usr that the interpreter knows by their paths; the sandbox's /usr has them.
    let systemFolders: [FilePath]
    /// Links at the sandbox's root, by which the interpreter finds what a function brings.
    private(set) var links: [SandboxLink] = []
    /// The interpreter's own folder, which may be one that it shares with all the machine.
    let prefix: FilePath
    /// The folder that the loader finds as /var/lang/lib; nil where there is none, as when ``prefix`` is shared.
    let libraries: String?
    /// The interpreter's program.
    let executable: FilePath
    /// Folders of the user's cache that are bound.
    private(set) var cached: [FilePath] = []
    /// Where the interpreter keeps the modules that are shared objects.
    private let modules: [FilePath]

    /// Where a sandbox sees ``prefix`` when not all of it is at /var/lang.
    static let sharedPrefix = "/run/lamina/lang"

    init(_ python: PythonInterpreter) {
        let name = "python3.\(python.minor)"
        prefix = python.prefix
        executable = python.executable
        systemFolders = []
        let folders = ["lib/\(name)", "lib64/\(name)"].filter { access(python.prefix.appending($0).string, R_OK) == 0 }
        modules = folders.map { python.prefix.appending("\($0)/lib-dynload") }
        if Self.isItsOwn(python.prefix) {
            binds = [SandboxBind(python.prefix, "/var/lang")]
            libraries = python.prefix.appending("lib").string
        } else {
            binds =
                (["bin/\(name)"] + folders).map { SandboxBind(python.prefix.appending($0), "/var/lang/\($0)") }
                + [SandboxBind(python.prefix, Self.sharedPrefix)]
            libraries = nil
        }
    }

    init(_ node: NodeInterpreter) {
        executable = node.executable
        prefix = node.executable.removingLastComponent().removingLastComponent()
        binds = [SandboxBind(node.executable, "/var/lang/bin/node")]
        (libraries, modules, systemFolders) = (nil, [], [])
    }

    init(_ ruby: RubyInterpreter) {
        (executable, prefix, modules) = (ruby.executable, ruby.prefix, [ruby.extensions])
        if !ruby.prefix.starts(with: "/usr"), Self.isItsOwn(ruby.prefix) {
            // It finds its library by the path that it was installed to.
            binds = [SandboxBind(ruby.prefix, "/var/lang"), SandboxBind(ruby.prefix, ruby.prefix.string)]
            libraries = ruby.prefix.appending("lib").string
            systemFolders = []
        } else {
            let parts = [ruby.libraries, ruby.extensions].filter { $0 == ruby.libraries || !$0.starts(with: ruby.libraries) }
            let isSystem = { (folder: FilePath) in folder.starts(with: "/usr") }
            binds =
                [SandboxBind(ruby.executable, "/var/lang/bin/ruby"), SandboxBind(ruby.prefix, Self.sharedPrefix)]
                + parts.filter { !isSystem($0) }.map { SandboxBind($0, $0.string) }
            libraries = nil
            systemFolders = parts.filter(isSystem)
        }
    }

    /// The same with a folder of ours in the place of one of the interpreter's own.
    func covered(by bind: SandboxBind) -> Self {
        var own = self
        own.binds.append(bind)
        return own
    }

    /// The same with links at the sandbox's root.
    func linked(_ links: [SandboxLink]) -> Self {
        var own = self
        own.links += links
        return own
    }

    /// bubblewrap's options for all but ``systemFolders``.
    var options: [String] { binds.flatMap(\.options) + links.flatMap(\.options) }

    init(_ java: JavaInterpreter, _ home: JavaHome) {
        executable = java.executable
        prefix = java.home
        binds =
            [SandboxBind(home.folder, "/var/lang"), SandboxBind(java.home, Self.sharedPrefix)]
            + home.mountPoints.map { SandboxBind(java.home.appending($0), "/var/lang/\($0)") }
        cached = [home.folder]
        libraries = java.home.appending("lib").string
        systemFolders = []
        modules = ["lib", "lib/server", "jre/lib/amd64", "jre/lib/amd64/server"].map { java.home.appending($0) }
    }

    /// The program and its modules, but for those that Lambda's interpreters are built without: what these alone need would be there for
    /// layers too.
    var programs: [String] {
        [executable.string]
            + modules.flatMap { folder in
                ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted()
                    .filter { !Self.withoutLibraries.contains(String($0.prefix { $0 != "." })) }
                    .map { folder.appending($0).string }
            }
    }

    private static let withoutLibraries: Set = [
        "_crypt", "_dbm", "_gdbm", "_tkinter", "dbm", "gdbm", "nis", "readline",
        // Of a JDK, what is for desktops, and what distributions link with libraries of their own.
        "libatk-wrapper", "libawt_xawt", "libfontmanager", "libj2pcsc", "libjavajpeg", "libjawt", "libjsound", "liblcms", "libsplashscreen",
    ]

    /// Whether the folder holds an interpreter and no libraries but its own.
    private static func isItsOwn(_ prefix: FilePath) -> Bool {
        guard prefix != "/usr" else { return false }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: prefix.appending("lib").string)) ?? []
        return names.allSatisfy { !$0.contains(".so") || $0.hasPrefix("libpython") || $0.hasPrefix("libruby") }
    }
}
