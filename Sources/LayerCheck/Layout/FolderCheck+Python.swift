import LambdaModel

extension FolderCheck {
    /// Packages anywhere but in `python/` or its site-packages of the runtime's version (AWS: "Packaging your layer content").
    func pythonRules(_ top: Set<Substring>) -> [[Finding]] {
        func folder(_ path: String) -> [Finding] {
            tree.hasFolder(path)
                ? misplaced(path, "is on no path of \(runtime), which looks into python/", "move what is in \(path)/ into python/") : []
        }
        let version = runtime.version
        let environments = tree.paths.filter { $0.hasSuffix("pyvenv.cfg") }
        let loose = top.filter { $0.hasSuffix(".dist-info") || tree.files["\($0)/__init__.py"] != nil }.min()
        let others = Set(tree.paths.compactMap { $0.hasPrefix("python/lib/python3.") ? $0.split(separator: "/")[2] : nil })
        return [
            environments.first.map { path in
                let folder = path.split(separator: "/").dropLast().joined(separator: "/")
                return misplaced(
                    path, "makes \(folder.isEmpty ? "the layer" : folder) a virtual environment, which the runtime does not look into",
                    "install into python/ instead: pip install --target python, or lamina build")
            } ?? [],
            folder("site-packages"), folder("lib/python\(version)/site-packages"), folder("python/site-packages"),
            folder("python/lib/site-packages"), folder("python/python"),
            top.contains("python")
                ? []
                : loose.map {
                    misplaced(
                        String($0),
                        "lies at the layer's root, which is on no path of \(runtime): No module named '\($0.prefix { $0 != "-" })'",
                        "put packages into python/")
                } ?? [],
            others.contains("python\(version)")
                ? []
                : otherVersion(
                    others.min(), in: "python/lib",
                    "is for another Python than \(runtime), which looks into python/lib/python\(version)/site-packages",
                    "build for \(runtime), or put packages into python/, which every Python looks into"),
        ]
    }
}
