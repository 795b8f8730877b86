import ELFFile
import LambdaModel

/// Proves from the ELF files of a layer that Lambda's loader will find what they need.
struct LibraryCheck {
    let tree: LayerTree
    let index: ContentIndex
    let runtime: Runtime
    let profile: SystemProfile
    private let loader: LibraryLoader
    private let uses: BinaryUses

    /// - Parameters:
    ///   - tree: All layers of the function, laid over one another.
    ///   - index: Of all their files.
    init(tree: LayerTree, index: ContentIndex, runtime: Runtime, architecture: Architecture) {
        self.tree = tree
        self.index = index
        self.runtime = runtime
        profile = SystemProfile(runtime.operatingSystem, architecture)
        loader = LibraryLoader(tree: tree, binaries: index.binaries, profile: profile, runtime: runtime)
        uses = BinaryUses(tree: tree, sites: PythonSites(runtime))
    }

    /// What would fail to load. Each library and symbol version is named once, at the first file that needs it.
    func findings() -> [Finding] {
        let gathered = failures()
        let wording = LibraryWording(profile: profile, runtime: runtime)
        var findings = gathered.needs.values.map { wording.finding($0, elsewhere: elsewhere($0.need.library)) }
        findings += gathered.versions.values.map(wording.finding)
        findings += gathered.shadowed.map { need, path in wording.shadowed(need, by: path) }
        for (path, binary) in index.binaries {
            if binary.machine != machine {
                findings += otherMachine(binary, at: path, wording)
            } else if let interpreter = binary.interpreter, binary.soname == nil, interpreter != profile.interpreter {
                findings.append(wording.interpreter(interpreter, at: path, isCertain: uses.use(of: path, binary) == .certain))
            }
        }
        return findings
            + index.unreadable.map { path, reason in
                Finding(
                    .unreadableBinary, .warning, path: path, reason: reason,
                    fix: "check that the package is whole and meant for 64-bit Linux")
            }
    }

    private var machine: ELFFile.Machine { profile.architecture == .x86_64 ? .x86_64 : .arm64 }

    /// What fails when the layer's files are loaded.
    func failures() -> GatheredFailures {
        var gathered = GatheredFailures()
        for (path, use, load) in loads(of: index.binaries.filter { $0.value.machine == machine }) {
            gathered.add(load, from: path, isCertain: use == .certain, loader)
        }
        return gathered
    }

    private func otherMachine(_ binary: ELFFile, at path: String, _ wording: LibraryWording) -> [Finding] {
        let use = uses.use(of: path, binary)
        guard use != .never else { return [] }
        var module: String?
        if case .module(let name)? = uses.sites?.moduleFile(path) { module = name }
        // Node packages carry builds for several machines, and choose.
        let isCertain = use == .certain && !path.hasSuffix(".node")
        return [wording.otherMachine(binary, at: path, module: module, isCertain: isCertain)]
    }

    /// What the loader does for each file that is loaded by itself: those that no other file of the layer needs, and all modules.
    private func loads(of binaries: [String: ELFFile]) -> [(path: String, use: BinaryUse, load: LibraryLoader.Load)] {
        let paths = binaries.keys.sorted()
        var loads: [String: LibraryLoader.Load] = [:]
        for path in paths { loads[path] = loader.load(path) }
        let needed = Set(loads.flatMap { path, load in load.files.filter { $0 != path } })
        var roots = paths.filter { !needed.contains($0) || uses.sites?.moduleFile($0) != nil }
        // Files that need each other have no first one.
        let reached = Set(roots.flatMap { loads[$0]?.files ?? [] })
        roots += paths.filter { !reached.contains($0) }
        return roots.compactMap { path in
            guard let load = loads[path], let binary = binaries[path] else { return nil }
            let isQuiet = load.missing.isEmpty && !GatheredFailures.hasFailure(load, loader)
            // The code around a file is read only where it matters.
            let use = isQuiet ? .possible : uses.use(of: path, binary)
            return use == .never ? nil : (path, use, load)
        }
    }

    /// Where in the layer a library lies that the loader does not find.
    private func elsewhere(_ library: String) -> String? {
        index.binaries.keys.sorted().first { path in
            path.split(separator: "/").last.map(String.init) == library || index.binaries[path]?.soname == library
        }
    }
}
