import CLinux
import ELFFile
import LambdaModel
import ZipArchive

/// Whether an ELF file of a layer is sure to be loaded, as far as its place and the code around it tell.
enum BinaryUse {
    /// Whoever uses the layer loads it.
    case certain
    /// Only some code does: a plugin, or a module that its package does without.
    case possible
    /// The runtime passes it over.
    case never
}

/// Tells the use of ELF files; reads the code around those that it is asked of.
struct BinaryUses {
    /// Bytes of a module's source that are read.
    private static let limit = 4 << 20

    let tree: LayerTree
    let sites: PythonSites?

    func use(of path: String, _ binary: ELFFile) -> BinaryUse {
        if ["bin", "extensions", "lib"].contains(path.prefix { $0 != "/" }) { return .certain }
        if path.hasSuffix(".node") { return .certain }
        if binary.interpreter != nil { return .possible }
        guard let sites, let relative = sites.relative(path) else { return .possible }
        switch sites.moduleFile(path) {
        case .module(let module): return isOptional(module, path, relative) ? .possible : .certain
        case .foreign: return .never
        case nil: return isNamed(path, relative) ? .certain : .possible
        }
    }

    /// Whether all that imports a module goes on without it, or is itself gone on without. One that no statement imports is taken to be
    /// needed.
    private func isOptional(_ module: String, _ path: String, _ relative: Substring, steps: Int = 2) -> Bool {
        let parts = module.split(separator: ".")
        if Self.isAside(parts) { return true }
        var isImported = false
        for (file, source) in sources(around: path, relative, naming: parts.last ?? "") {
            let folders = file.split(separator: "/").dropLast()
            let isAside = Self.isAside(folders)
            // Tests and examples need not run; and a public module that they alone import is there for the users to import.
            if isAside, !parts.contains(where: { $0.hasPrefix("_") }) { continue }
            let imports = PythonImports(String(decoding: source, as: UTF8.self), package: folders.joined(separator: ".")).imports
            let found = imports.filter { $0.module == module }
            isImported = isImported || !found.isEmpty
            guard found.contains(where: { !$0.isOptional }), !isAside else { continue }
            let importer = Self.module(file)
            guard steps > 1, importer.contains("."), importer != module,
                isOptional(importer, path, relative, steps: steps - 1)
            else { return false }
        }
        return isImported
    }

    /// The dotted name of a module by its file below the site folder.
    private static func module(_ file: String) -> String {
        let parts = file.dropLast(".py".count).split(separator: "/")
        return (parts.last == "__init__" ? parts.dropLast() : parts).joined(separator: ".")
    }

    /// Whether a package's tests or examples have a module or folder of this path.
    private static func isAside(_ parts: some Sequence<Substring>) -> Bool {
        parts.contains { ["tests", "test", "testing", "examples"].contains($0) }
    }

    /// Whether the code around a library has its name, as ctypes and cffi want it.
    private func isNamed(_ path: String, _ relative: Substring) -> Bool {
        let stem = path.split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? ""
        return !sources(around: path, relative, naming: stem).isEmpty
    }

    /// The modules of the top-level package that a file belongs to, of those that name something, by their paths below the site folder.
    private func sources(around path: String, _ relative: Substring, naming word: Substring) -> [(file: String, source: [UInt8])] {
        let site = path.dropLast(relative.count)
        let package = relative.prefix { $0 != "/" }.prefix { $0 != "." }
        let word = Array(word.utf8)
        return tree.files(below: "\(site)\(package)").compactMap { file in
            guard file.kind == .file, file.path.hasSuffix(".py"), let source = try? file.bytes(limit: Self.limit),
                source.withUnsafeBytes({ clinux_memmem($0.baseAddress, $0.count, word, word.count) }) != nil
            else { return nil }
            return (String(file.path.dropFirst(site.count)), source)
        }
    }
}
