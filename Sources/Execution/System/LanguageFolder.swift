import Foundation
import Interpreters
import SystemPackage

/// An interpreter of this machine as a sandbox sees it, at /var/lang.
struct LanguageFolder: Sendable, Hashable {
    /// What is bound where.
    let binds: [SandboxBind]
    /// The interpreter's own folder, which may be one that it shares with all the machine.
    let prefix: FilePath
    /// The folder that the loader finds as /var/lang/lib; nil where there is none, as when ``prefix`` is shared.
    let libraries: String?
    /// The interpreter's program.
    let executable: FilePath
    /// Where the interpreter keeps the modules that are shared objects.
    private let modules: [FilePath]

    /// Where a sandbox sees ``prefix`` when not all of it is at /var/lang.
    static let sharedPrefix = "/run/lamina/lang"

    init(_ python: PythonInterpreter) {
        let name = "python3.\(python.minor)"
        prefix = python.prefix
        executable = python.executable
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
        (libraries, modules) = (nil, [])
    }

    init(_ java: JavaInterpreter, _ home: JavaHome) {
        executable = java.executable
        prefix = java.home
        binds =
            [SandboxBind(home.folder, "/var/lang"), SandboxBind(java.home, Self.sharedPrefix)]
            + home.mountPoints.map { SandboxBind(java.home.appending($0), "/var/lang/\($0)") }
        libraries = java.home.appending("lib").string
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
        "_crypt", "_dbm", "_gdbm", "_tkinter", "nis",
        // Of a JDK, what is for desktops, and what distributions link with libraries of their own.
        "libatk-wrapper", "libawt_xawt", "libfontmanager", "libj2pcsc", "libjavajpeg", "libjawt", "libjsound", "liblcms", "libsplashscreen",
    ]

    /// Whether the folder holds an interpreter and no libraries but its own.
    private static func isItsOwn(_ prefix: FilePath) -> Bool {
        guard prefix != "/usr" else { return false }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: prefix.appending("lib").string)) ?? []
        return names.allSatisfy { !$0.contains(".so") || $0.hasPrefix("libpython") }
    }
}

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
