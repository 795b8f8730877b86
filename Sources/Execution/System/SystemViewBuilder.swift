import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// Makes the folder of a ``SystemView``.
struct SystemViewBuilder {
    private let folder: FilePath
    private let libraries: [String: String]
    private let language: LanguageFolder?
    private let host: HostLibraries
    private let hostPrefixes = SystemView.hostFolders.map { $0.string + "/" }

    /// - Parameter folder: One that does not exist yet.
    init(at folder: FilePath, _ libraries: VisibleLibraries, _ language: LanguageFolder?, _ host: HostLibraries) {
        self.folder = folder
        self.libraries = libraries.paths
        self.language = language
        self.host = host
    }

    func build() throws {
        do {
            try makeLibraries()
            try makePrograms()
            for path in (language?.systemFolders ?? []) { try makeLink(at: path) }
            try link("share", to: "\(SystemView.hostRoot)/usr/share")
            try folder.makeReadable()
        } catch {
            throw LaminaError(.inputOutput, "cannot prepare what sandboxes see of this machine", cause: error)
        }
    }

    /// `lib64`, where Lambda has its libraries, and `lib`, which leads there by the name that the machine's own loader knows.
    private func makeLibraries() throws {
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

    private func makePrograms() throws {
        for name in ["bin", "sbin"] { try makeFolder(name) }
        for program in VisiblePrograms.names {
            // The second where /bin is a folder of its own.
            let found = ["/usr/bin/", "/bin/"].map { $0 + program }.first { access($0, X_OK) == 0 }
            if let found { try link("bin/\(program)", to: place(of: found)) }
        }
    }

    /// A folder below /usr at its own path.
    private func makeLink(at path: FilePath) throws {
        let name = String(path.string.dropFirst("/usr/".count))
        try makeFolder(FilePath(name).removingLastComponent().string)
        try link(name, to: place(of: path.string))
    }

    /// Where a sandbox sees a file of the machine; nil where it does not.
    private func place(of path: String) -> String? {
        guard let path = Self.followed(path) else { return nil }
        if hostPrefixes.contains(where: { path.hasPrefix($0) }) { return SystemView.hostRoot + path }
        guard let language, language.libraries == nil, path.hasPrefix(language.prefix.string + "/") else { return nil }
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
        try FileManager.default.createDirectory(atPath: folder.appending(name).string, withIntermediateDirectories: true)
    }

    private func link(_ name: String, to target: String?) throws {
        guard let target else { return }
        guard symlink(target, "\(folder.string)/\(name)") == 0 else { throw LaminaError.system(errno, "cannot make \(folder)/\(name)") }
    }
}
