/// The modules that a Python layer offers to `import`.
package struct PythonModules: Sendable {
    /// Names of top-level modules and packages, and of the outermost packages and extension modules in namespace packages (PEP 420):
    /// `numpy`, `six`, `google.protobuf`. Sorted.
    package let names: [String]

    /// - Parameter minor: The minor version of the runtime's Python 3.
    package init(of tree: LayerTree, minor: Int) {
        let sites = PythonSites(minor: minor)
        let files = tree.paths.compactMap { path in sites.relative(path).map { (path, $0.split(separator: "/")) } }
        let packages = Set(files.lazy.filter { $0.1.last == "__init__.py" }.map { $0.1.dropLast() })
        var names: Set<String> = []
        for (path, parts) in files {
            guard let file = parts.last, let module = Self.module(file, path, sites) else { continue }
            let folders = parts.dropLast()
            let isPackage = file == "__init__.py"
            // Loose Python files in folders that are no packages are rather scripts than modules.
            guard isPackage || folders.isEmpty || file.hasSuffix(".so") else { continue }
            let isInside = (1..<max(folders.count + (isPackage ? 0 : 1), 1)).contains { packages.contains(folders.prefix($0)) }
            let name = isPackage ? folders : folders + [module]
            guard !isInside, !name.isEmpty, name.allSatisfy(PythonSites.isIdentifier) else { continue }
            names.insert(name.joined(separator: "."))
        }
        self.names = names.sorted()
    }

    /// The last part of the name of the module that a file is.
    private static func module(_ file: Substring, _ path: String, _ sites: PythonSites) -> Substring? {
        if file.hasSuffix(".py") { return file.dropLast(3) }
        return file.hasSuffix(".so") && sites.moduleFile(path) != nil ? file.prefix { $0 != "." } : nil
    }
}
