import LambdaModel

/// The folders of a layer that a Python runtime has on its `sys.path`, and what lies in them.
struct PythonSites {
    let minor: Int

    init(minor: Int) { self.minor = minor }

    init?(_ runtime: Runtime) {
        guard let minor = runtime.pythonMinor else { return nil }
        self.init(minor: minor)
    }

    /// In the order of `sys.path` (AWS: facts of the execution environment).
    var folders: [String] { ["python/lib/python3.\(minor)/site-packages", "python"] }

    /// A path below one of the folders, from that folder on.
    func relative(_ path: String) -> Substring? {
        guard path.hasPrefix("python/") else { return nil }
        let rest = path.dropFirst("python/".count)
        guard rest.hasPrefix("lib/python3.") else { return rest }
        let site = folders[0] + "/"
        return path.hasPrefix(site) ? path.dropFirst(site.count) : nil
    }

    /// What kind of extension module a file's name makes it (PEP 3149, PEP 384).
    enum ModuleFile: Equatable {
        /// One that the runtime loads, by its dotted name.
        case module(String)
        /// One for another interpreter or platform, which the runtime passes over; with the tag of it.
        case foreign(String, tag: String)
    }

    /// The extension module that a shared object or a Windows library is, by its path in the layer.
    func moduleFile(_ path: String) -> ModuleFile? {
        guard let relative = relative(path) else { return nil }
        let parts = relative.split(separator: "/")
        guard let name = parts.last, name.hasSuffix(".so") || name.hasSuffix(".pyd") else { return nil }
        // Packages' folders are identifiers; those that are not hold libraries, as numpy.libs does.
        guard parts.dropLast().allSatisfy(Self.isIdentifier) else { return nil }
        let pieces = name.split(separator: ".")
        guard Self.isIdentifier(pieces[0]), !pieces[0].hasPrefix("lib") || pieces.count == 3 else { return nil }
        let module = (parts.dropLast() + [pieces[0]]).joined(separator: ".")
        if name.hasSuffix(".pyd") { return .foreign(module, tag: pieces.count == 3 ? String(pieces[1]) : "Windows") }
        guard pieces.count == 3 else { return pieces.count == 2 ? .module(module) : nil }
        let tag = String(pieces[1])
        let isOurs = tag == "abi3" || tag.hasPrefix("cpython-3\(minor)-") && tag.hasSuffix("-linux-gnu")
        if isOurs { return .module(module) }
        // Other names with a dot are libraries' own, as libfoo3.9.so.
        return Self.interpreters.contains(where: tag.hasPrefix) ? .foreign(module, tag: tag) : nil
    }

    /// What the tags of extension modules on Linux and macOS begin with (PEP 3149).
    private static let interpreters = ["cpython-", "pypy", "graalpy"]

    static func isIdentifier(_ text: Substring) -> Bool {
        !text.isEmpty && text.first?.isNumber == false && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
