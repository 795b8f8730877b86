import LambdaModel

extension FolderCheck {
    /// Jars anywhere but directly in `java/lib`.
    func javaRules() -> [[Finding]] {
        let jars = tree.paths.filter { $0.hasSuffix(".jar") }
        let isServed: (String) -> Bool = { $0.hasPrefix("java/lib/") && $0.split(separator: "/").count == 3 }
        return [
            jars.filter { !isServed($0) }.prefix(10).flatMap {
                misplaced($0, "is not on the class path, which has the jars directly in java/lib/", "move it to java/lib/")
            }
        ]
    }
}
