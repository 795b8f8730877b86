import ELFFile
import LambdaModel
import SystemPackage
import SystemPackages
import TestSupport

/// Asks a source again and again, as a build does.
enum Closure {
    /// What every Lambda operating system has.
    private static let system: Set = [
        "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "librt.so.1",
        "libstdc++.so.6",
    ]

    static func find(_ sonames: [String], in source: some LibrarySource) async throws -> ProvidedLibraries {
        var all = ProvidedLibraries(libraries: [], missing: [])
        var known = Set(sonames)
        var wanted = sonames
        while !wanted.isEmpty {
            let found = try await source.libraries(wanted, architecture: .x86_64, progress: { _ in })
            all.libraries += found.libraries
            all.missing += found.missing
            wanted = []
            for library in found.libraries {
                let needed = try library.file.read().withUnsafeBytes { try ELFFile($0).needed }
                wanted += needed.filter { !system.contains($0) && known.insert($0).inserted }
            }
        }
        return all
    }
}
