import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// The folder that a sandbox sees at /usr: symbolic links to those of this machine's libraries that Lambda has too, and to its programs.
///
/// The links lead into ``hostBinds``, where no loader searches. A library that Lambda lacks is then found neither by its name nor by what
/// needs it.
struct SystemView: Sendable {
    /// The folder to bind at /usr.
    let folder: FilePath
    /// The machine's own folders, at places of which only the links know.
    let hostBinds: [SandboxBind]
    private let hostPrefixes: [String]
    private let language: LanguageFolder

    /// `/bin`, `/lib` and their like, as bubblewrap's options.
    static let rootLinks = ["bin", "sbin", "lib", "lib64"].flatMap { ["--symlink", "usr/\($0)", "/\($0)"] }

    private static let hostRoot = "/run/lamina/host"

    /// Makes the view in a folder that does not exist yet.
    init(at folder: FilePath, _ libraries: VisibleLibraries, _ language: LanguageFolder, _ host: HostLibraries) throws {
        self.folder = folder
        self.language = language
        hostBinds = ["/usr", "/bin", "/sbin", "/lib", "/lib64"].map { FilePath($0) }.filter { $0.resolved == $0 }
            .map { SandboxBind($0, Self.hostRoot + $0.string) }
        hostPrefixes = hostBinds.map { $0.source.string + "/" }
        do {
            try makeLibraries(libraries.paths, host)
            for name in ["bin", "sbin"] { try makePrograms(name) }
            try link("share", to: "\(Self.hostRoot)/usr/share")
        } catch {
            try? FileManager.default.removeItem(atPath: folder.string)
            throw LaminaError(.inputOutput, "cannot prepare what sandboxes see of this machine", cause: error)
        }
    }

    /// `lib64`, where Lambda has its libraries, and `lib`, which leads there by the name that the machine's own loader knows.
    private func makeLibraries(_ libraries: [String: String], _ host: HostLibraries) throws {
        try makeFolder("lib64")
        for (name, path) in libraries { try link("lib64/\(name)", to: place(of: path)) }
        var folders = ["lib64"]
        if host.path(of: "libc.so.6") == "/usr/lib/libc.so.6" {
            try link("lib", to: "lib64")
        } else {
            folders.append("lib")
            try makeFolder("lib")
            try link("lib/\(Architecture.host.machineName)-linux-gnu", to: "../lib64")
            // The loader's own place on arm64.
            for name in libraries.keys where name.hasPrefix("ld-linux") { try link("lib/\(name)", to: "../lib64/\(name)") }
        }
        // Character sets, locales, OpenSSL's providers and its certificates.
        for name in ["gconv", "locale", "ossl-modules", "ssl"] {
            guard let path = host.path(of: name) else { continue }
            for folder in folders { try link("\(folder)/\(name)", to: place(of: path)) }
        }
    }

    /// The machine's programs, but for compilers and linkers, which Lambda lacks: ctypes' `find_library` would ask them for libraries.
    private func makePrograms(_ name: String) throws {
        let source = FilePath("/usr").appending(name)
        guard source.resolved == source else { return try link(name, to: "bin") }
        try makeFolder(name)
        // Both, where /bin is a folder of its own.
        let folders = Set([source, FilePath("/\(name)")].compactMap(\.resolved)).map(\.string).sorted(by: >)
        var seen: Set<String> = []
        for folder in folders {
            for program in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where !DevelopmentTool.matches(program) && seen.insert(program).inserted {
                try link("\(name)/\(program)", to: place(of: "\(folder)/\(program)"))
            }
        }
    }

    /// Where a sandbox sees a file of the machine; nil where it does not.
    private func place(of path: String) -> String? {
        guard let path = Self.followed(path) else { return nil }
        if hostPrefixes.contains(where: { path.hasPrefix($0) }) { return Self.hostRoot + path }
        guard language.libraries == nil, path.hasPrefix(language.prefix.string + "/") else { return nil }
        return LanguageFolder.sharedPrefix + path.dropFirst(language.prefix.string.count)
    }

    /// The path without symbolic links. One to a neighbour, as libz.so.1 is, stays: it goes on leading to the newest when that is replaced.
    private static func followed(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        let resolved = String(cString: pointer)
        guard resolved != path, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
            let slash = path.lastIndex(of: "/")
        else { return resolved }
        return resolved == path[...slash] + target ? path : resolved
    }

    private func makeFolder(_ name: String) throws {
        let path = folder.appending(name)
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        // Whatever the umask: in a sandbox, others read them.
        chmod(folder.string, 0o755)
        chmod(path.string, 0o755)
    }

    private func link(_ name: String, to target: String?) throws {
        guard let target else { return }
        guard symlink(target, "\(folder.string)/\(name)") == 0 else { throw LaminaError.system(errno, "cannot make \(folder)/\(name)") }
    }
}
