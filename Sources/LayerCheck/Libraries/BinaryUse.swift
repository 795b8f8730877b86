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

    /// Whether all that imports a module goes on without it. One that no statement imports is taken to be needed.
    private func isOptional(_ module: String, _ path: String, _ relative: Substring) -> Bool {
        let parts = module.split(separator: ".")
        if parts.contains(where: { $0 == "tests" || $0 == "test" || $0 == "testing" }) { return true }
        var isImported = false
        for (file, source) in sources(around: path, relative, naming: parts.last ?? "") {
            let package = file.split(separator: "/").dropLast().joined(separator: ".")
            let imports = PythonImports(String(decoding: source, as: UTF8.self), package: package).imports
            for statement in imports where statement.module == module {
                if !statement.isOptional { return false }
                isImported = true
            }
        }
        return isImported
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
