import LambdaModel
import LayerCheck

/// Which of this machine's libraries a sandbox sees: those that Lambda has, and what the interpreter, if there is one, and the programs need beyond them.
struct VisibleLibraries {
    /// Paths by name.
    let paths: [String: String]

    /// - Parameter profile: What Lambda has; nil where no list of it is at hand, and all of the machine's libraries are visible.
    init(_ profile: SystemProfile?, _ language: LanguageFolder?, _ host: HostLibraries) {
        var interpreter = LibraryClosure(host, first: language?.libraries)
        for program in language?.programs ?? [] { interpreter.add(program) }
        var programs = LibraryClosure(host)
        for name in VisiblePrograms.names { programs.add("/usr/bin/\(name)") }

        let loaders = interpreter.loaders.union(programs.loaders).map { path in
            (path.split(separator: "/").last.map(String.init) ?? path, path)
        }
        paths = host.all()
            .filter { name, _ in Self.glibc.contains(name) || profile.map { $0.level(of: name) == .guaranteed } ?? true }
            .merging(programs.libraries) { system, _ in system }
            .merging(loaders) { system, _ in system }
            // An interpreter that brings a library of its own wants that one.
            .merging(interpreter.libraries.filter { !Self.isInside($0.value, language?.libraries) }) { _, own in own }
    }

    /// Parts of glibc, of which not every profile lists all. Its libnsl is another package's by now, which Amazon Linux 2023 lacks.
    static let glibc: Set = [
        "libanl.so.1", "libc.so.6", "libdl.so.2", "libm.so.6", "libmvec.so.1", "libnss_dns.so.2", "libnss_files.so.2", "libpthread.so.0",
        "libresolv.so.2", "librt.so.1", "libutil.so.1",
    ]

    /// What lies in the interpreter's own library folder is found there.
    private static func isInside(_ path: String, _ folder: String?) -> Bool { folder.map { path.hasPrefix($0 + "/") } ?? false }
}
