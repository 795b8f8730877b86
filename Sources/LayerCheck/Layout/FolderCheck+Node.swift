import LambdaModel

extension FolderCheck {
    /// Packages anywhere but in `nodejs/node_modules` or that of the runtime's version.
    func nodeRules(_ top: Set<Substring>) -> [[Finding]] {
        let major = runtime.version.prefix { $0.isNumber }
        let versions = Set(tree.paths.compactMap { $0.hasPrefix("nodejs/node") ? $0.split(separator: "/")[1] : nil })
        let others = versions.filter { $0 != "node_modules" && $0 != "node\(major)" }
        let isServed = versions.contains("node_modules") || versions.contains("node\(major)")
        return [
            tree.hasFolder("node_modules")
                ? misplaced("node_modules", "is on no path of \(runtime), which looks into nodejs/node_modules", "move it into nodejs/")
                : [],
            isServed
                ? []
                : otherVersion(
                    others.min(), in: "nodejs",
                    "is for another Node than \(runtime), which looks into nodejs/node\(major)/node_modules",
                    "build for \(runtime), or put packages into nodejs/node_modules, which every Node looks into"),
            top.contains("nodejs") && !isServed
                ? misplaced(
                    "nodejs", "has no node_modules/, and \(runtime) looks into nodejs/node_modules",
                    "run npm install inside nodejs/, or lamina build")
                : [],
        ]
    }
}
