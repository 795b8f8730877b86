import ELFFile
import LaminaErrors

/// What is to be changed in an ELF file's dynamic section.
package struct ELFEdit: Sendable, Hashable {
    /// `DT_RPATH`: folders separated by colons, `$ORIGIN` for the file's own.
    ///
    /// It takes the place of `DT_RUNPATH`, because the loader looks into a `DT_RPATH` before `LD_LIBRARY_PATH`, and into a
    /// `DT_RUNPATH` after it (ld.so(8)).
    package var rpath: String?
    /// `DT_SONAME`.
    package var soname: String?
    /// Names in `DT_NEEDED`, and in the symbol versions that are needed of them, by what shall stand there instead.
    package var neededReplacements: [String: String]

    package init(rpath: String? = nil, soname: String? = nil, neededReplacements: [String: String] = [:]) {
        self.rpath = rpath
        self.soname = soname
        self.neededReplacements = neededReplacements
    }

    /// The arguments of one call of patchelf after the other. Several kinds of change in one call overwrite each other's strings.
    var calls: [[String]] {
        get throws {
            var calls: [[String]] = []
            if let rpath {
                // An absolute folder would be the build machine's.
                guard rpath.split(separator: ":").allSatisfy({ $0 == "$ORIGIN" || $0.hasPrefix("$ORIGIN/") }), !rpath.isEmpty else {
                    throw LaminaError(.invalidArgument, "the run path '\(rpath)' is not relative to $ORIGIN")
                }
                calls.append(["--force-rpath", "--set-rpath", rpath])
            }
            if let soname { calls.append(["--set-soname", try Self.check(soname)]) }
            let replacements = neededReplacements.sorted { $0.key < $1.key }
            if !replacements.isEmpty {
                calls.append(try replacements.flatMap { ["--replace-needed", try Self.check($0.key), try Self.check($0.value)] })
            }
            guard !calls.isEmpty else { throw LaminaError(.invalidArgument, "the edit of an ELF file changes nothing") }
            return calls
        }
    }

    /// What an ELF file tells of itself after the edit.
    func applied(to file: ELFFile) -> ELFFile {
        var file = file
        if let rpath { (file.rpaths, file.runPaths) = (rpath.split(separator: ":").map(String.init), []) }
        if let soname { file.soname = soname }
        file.needed = file.needed.map { neededReplacements[$0] ?? $0 }
        let versions = file.neededVersions.map { (neededReplacements[$0] ?? $0, $1) }
        file.neededVersions = Dictionary(versions, uniquingKeysWith: +)
        return file
    }

    private static func check(_ name: String) throws -> String {
        guard !name.isEmpty, !name.hasPrefix("-"), !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0) else {
            throw LaminaError(.invalidArgument, "'\(name)' is no name of a shared library")
        }
        return name
    }
}
