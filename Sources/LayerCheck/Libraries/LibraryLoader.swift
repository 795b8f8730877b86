import ELFFile
import LambdaModel

/// Loads an ELF file as Lambda's dynamic loader would, without running it (ld.so(8)).
///
/// Needed libraries are taken breadth first. One that is loaded already serves by its soname. Else it is looked for in DT_RPATH (of
/// the file and of those that loaded it, unless a DT_RUNPATH stands in its place), LD_LIBRARY_PATH, DT_RUNPATH, and the system's
/// folders. Lambda's LD_LIBRARY_PATH has the system's folders first and /opt/lib last (AWS: facts of the execution environment).
struct LibraryLoader {
    /// Where a needed library was found.
    enum Place: Hashable {
        case system
        /// A file of the layer.
        case layer(String)
    }

    /// A needed library and who needs it.
    struct Need: Hashable {
        var library: String
        var file: String
    }

    /// What a load came upon.
    struct Load {
        /// The layer's files that are loaded, the first one included.
        var files: [String] = []
        /// By the libraries' names: what each loaded file takes from where.
        var found: [(need: Need, place: Place)] = []
        /// In the loader's order: the first one is what its message names.
        var missing: [Need] = []
    }

    let tree: LayerTree
    let binaries: [String: ELFFile]
    let profile: SystemProfile
    /// What the runtime itself has in /var/lang/lib.
    let runtimeLibraries: Set<String>

    init(tree: LayerTree, binaries: [String: ELFFile], profile: SystemProfile, runtime: Runtime) {
        self.tree = tree
        self.binaries = binaries
        self.profile = profile
        runtimeLibraries = Set(runtime.pythonMinor.map { ["libpython3.\($0).so.1.0", "libpython3.so"] } ?? [])
    }

    /// Loads a file and what it needs.
    func load(_ root: String) -> Load {
        var load = Load()
        var loaded: Set<String> = []
        // Each with the DT_RPATHs of those that had it loaded, as folders.
        var queue: [(file: String, inherited: [String])] = [(root, [])]
        var next = 0
        if let soname = binaries[root]?.soname { loaded.insert(soname) }
        while next < queue.count {
            let (file, inherited) = queue[next]
            next += 1
            guard let binary = binaries[file] else { continue }
            load.files.append(file)
            let own = binary.runPaths.isEmpty ? binary.rpaths.compactMap { folder($0, of: file) } : []
            for library in binary.needed where loaded.insert(library).inserted {
                let need = Need(library: library, file: file)
                guard let place = find(library, for: binary, at: file, rpaths: binary.runPaths.isEmpty ? own + inherited : []) else {
                    load.missing.append(need)
                    continue
                }
                load.found.append((need, place))
                guard case .layer(let path) = place else { continue }
                if let soname = binaries[path]?.soname { loaded.insert(soname) }
                if !queue.contains(where: { $0.file == path }) { queue.append((path, own + inherited)) }
            }
        }
        return load
    }

    private func find(_ library: String, for binary: ELFFile, at file: String, rpaths: [String]) -> Place? {
        if library.contains("/") {
            return library.hasPrefix("/opt/") ? tree.resolve(String(library.dropFirst(5))).map { Place.layer($0) } : nil
        }
        if let path = rpaths.lazy.compactMap({ self.file(library, in: $0) }).first { return .layer(path) }
        if runtimeLibraries.contains(library) || profile.level(of: library) != .absent { return .system }
        if let path = self.file(library, in: "lib") { return .layer(path) }
        let runPaths = binary.runPaths.lazy.compactMap { folder($0, of: file) }
        return runPaths.compactMap { self.file(library, in: $0) }.first.map { .layer($0) }
    }

    /// Where the layer has a library that the system has too, and its user would like its own.
    func shadowed(_ need: Need) -> String? {
        let runPaths = binaries[need.file]?.runPaths.compactMap { folder($0, of: need.file) } ?? []
        return (["lib"] + runPaths).lazy.compactMap { self.file(need.library, in: $0) }.first
    }

    /// A library in a folder of the layer, if it is one for this machine.
    private func file(_ library: String, in folder: String) -> String? {
        guard let path = tree.resolve(folder.isEmpty ? library : "\(folder)/\(library)"), let binary = binaries[path] else { return nil }
        return binary.machine == (profile.architecture == .x86_64 ? .x86_64 : .arm64) ? path : nil
    }

    /// A run path as a folder of the layer; nil when it leads elsewhere.
    private func folder(_ path: String, of file: String) -> String? {
        var parts: [Substring]
        let rest: Substring
        if let marker = ["$ORIGIN", "${ORIGIN}"].first(where: path.hasPrefix) {
            parts = file.split(separator: "/").dropLast()
            rest = path.dropFirst(marker.count)
        } else if path == "/opt" || path.hasPrefix("/opt/") {
            parts = []
            rest = path.dropFirst(4)
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
        return parts.joined(separator: "/")
    }
}
