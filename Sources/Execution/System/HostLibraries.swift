import Foundation
import Interpreters
import LambdaModel
import SystemPackage

/// This machine's shared libraries, in the folders where its loader looks by itself.
struct HostLibraries: Sendable {
    /// The folders that this machine has, each once, without symbolic links, in the loader's order (ld.so(8)).
    let folders: [String]

    init() {
        let triplet = "\(Architecture.host.machineName)-linux-gnu"
        let names = ["/lib/\(triplet)", "/usr/lib/\(triplet)", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]
        // Distributions name these in /etc/ld.so.conf.
        let local = ["/usr/local/lib/\(triplet)", "/usr/local/lib64", "/usr/local/lib"]
        var seen: Set<String> = []
        folders = (names + local).compactMap { FilePath($0).resolved?.string }.filter { seen.insert($0).inserted }
    }

    /// Where the library of a name lies.
    func path(of name: String) -> String? {
        guard !name.contains("/") else { return nil }
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, R_OK) == 0 }
    }

    /// Paths by name of all that looks like a shared library in ``folders``.
    func all() -> [String: String] {
        var found: [String: String] = [:]
        for folder in folders {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.contains(".so") {
                if found[name] == nil { found[name] = "\(folder)/\(name)" }
            }
        }
        return found
    }
}
