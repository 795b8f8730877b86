import ELFFile
import LambdaModel

/// Proves from the ELF files of a layer that the loader will find what they need.
public struct LibraryCheck: Sendable {
    /// An ELF file in a layer.
    public struct Binary: Sendable {
        /// Its path in the layer.
        public var path: String
        public var file: ELFFile

        public init(path: String, file: ELFFile) {
            self.path = path
            self.file = file
        }
    }

    private let runtime: Runtime
    private let architecture: Architecture

    public init(runtime: Runtime, architecture: Architecture) {
        self.runtime = runtime
        self.architecture = architecture
    }

    /// What would fail to load, sorted by path. Each missing library is named once, at the first file that needs it.
    public func findings(in binaries: [Binary]) -> [Finding] {
        let binaries = binaries.sorted { $0.path < $1.path }
        let own = Set(binaries.map(\.path))
        let profile = SystemProfile(runtime.operatingSystem, architecture)
        var findings: [Finding] = []
        var named: Set<String> = []
        for binary in binaries {
            if let wrong = architectureFinding(binary) {
                findings.append(wrong)
                continue
            }
            if let tooNew = glibcFinding(binary) { findings.append(tooNew) }
            guard let profile else { continue }
            for library in binary.file.needed where !named.contains(library) && !finds(library, from: binary, own) {
                if let finding = libraryFinding(library, binary, profile) {
                    named.insert(library)
                    findings.append(finding)
                }
            }
        }
        return findings
    }

    private func architectureFinding(_ binary: Binary) -> Finding? {
        let expected: ELFFile.Machine = architecture == .x86_64 ? .x86_64 : .arm64
        guard binary.file.machine != expected else { return nil }
        return Finding(
            .wrongArchitecture, .error, path: binary.path, reason: "is \(binary.file.machine) code in a layer for \(architecture.rawValue)",
            fix: "build for the other architecture with --architecture, or take a package that has \(architecture.rawValue) binaries")
    }

    private func glibcFinding(_ binary: Binary) -> Finding? {
        let limit = runtime.operatingSystem.glibcMinor
        let versions = binary.file.neededVersions.values.joined().filter { $0.hasPrefix("GLIBC_2.") }
        let newest = versions.compactMap { $0.split(separator: ".").dropFirst().first.flatMap { Int($0) } }.max() ?? 0
        guard newest > limit else { return nil }
        return Finding(
            .glibcTooNew, .error, path: binary.path,
            reason: "needs GLIBC_2.\(newest); \(runtime) has 2.\(limit) (\(runtime.operatingSystem.displayName))",
            fix: "take an older release of the package, or a runtime on a newer Amazon Linux")
    }

    /// Whether the layer itself has the library where the loader looks: RPATH or RUNPATH with $ORIGIN, and /opt/lib by LD_LIBRARY_PATH.
    private func finds(_ library: String, from binary: Binary, _ own: Set<String>) -> Bool {
        if own.contains("lib/" + library) { return true }
        let folder = binary.path.split(separator: "/").dropLast()
        let paths = binary.file.runPaths.isEmpty ? binary.file.rpaths : binary.file.runPaths
        return paths.contains { path in
            resolve(path, origin: folder).map { own.contains(($0 + [Substring(library)]).joined(separator: "/")) } ?? false
        }
    }

    /// A run path as a folder of the layer, or nil when it leads elsewhere.
    private func resolve(_ path: String, origin: ArraySlice<Substring>) -> [Substring]? {
        var parts: [Substring]
        let rest: Substring
        if let marker = ["$ORIGIN", "${ORIGIN}"].first(where: path.hasPrefix) {
            parts = Array(origin)
            rest = path.dropFirst(marker.count)
        } else if path.hasPrefix("/opt/") {
            parts = []
            rest = path.dropFirst(5)
        } else {
            return nil
        }
        for part in rest.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts
    }

    private func libraryFinding(_ library: String, _ binary: Binary, _ profile: SystemProfile) -> Finding? {
        switch profile.level(of: library) {
        case .guaranteed: nil
        case .unreliable:
            Finding(
                .unreliableLibrary, .warning, path: binary.path,
                reason: "needs \(library), which \(profile.operatingSystem.displayName) has and Lambda has been seen without",
                fix: "put \(library) into the layer's lib/ folder")
        case .absent:
            Finding(
                .missingLibrary, .warning, path: binary.path, reason: "needs \(library), which Lambda lacks",
                fix: "put \(library) and what it needs into the layer's lib/ folder, or take a package that does without it")
        }
    }
}
