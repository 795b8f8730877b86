/// The modules that a Python layer offers to `import`.
package struct PythonModules: Sendable {
    /// Names of top-level modules and packages, sorted.
    package let names: [String]

    /// - Parameter minor: The minor version of the runtime's Python 3.
    package init(of tree: LayerTree, minor: Int) {
        var names: Set<String> = []
        for site in ["python/lib/python3.\(minor)/site-packages/", "python/"] {
            for path in tree.paths
            where path.hasPrefix(site) && !path.hasPrefix("python/lib/python") || site.hasPrefix("python/lib") && path.hasPrefix(site) {
                let parts = path.dropFirst(site.count).split(separator: "/")
                guard let first = parts.first else { continue }
                if parts.count == 1 {
                    let pieces = first.split(separator: ".")
                    guard first.hasSuffix(".py") && pieces.count == 2 || first.hasSuffix(".so") else { continue }
                    names.insert(String(pieces[0]))
                } else if parts.count == 2, parts[1] == "__init__.py" {
                    names.insert(String(first))
                }
            }
        }
        self.names = names.filter { PythonSites.isIdentifier($0[...]) }.sorted()
    }
}
