import LambdaModel

/// The files by which a project of a language is known.
enum ProjectFile {
    /// By their exact names; the first one that a folder holds speaks for it.
    private static let names: [(family: Runtime.Family, names: [String])] = [
        (.python, ["pylock.toml", "uv.lock", "poetry.lock", "Pipfile.lock", "requirements.txt", "pyproject.toml", "Pipfile"]),
        (.nodejs, ["package.json", "npm-shrinkwrap.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"]),
        (.ruby, ["Gemfile", "Gemfile.lock", "gems.rb", "gems.locked"]),
        (.java, ["pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"]),
    ]

    /// Whose file it is, by its name alone.
    static func family(of name: String) -> Runtime.Family? {
        if let family = names.first(where: { $0.names.contains(name) })?.family { return family }
        if name.hasPrefix("requirements"), name.hasSuffix(".txt") || name.hasSuffix(".in") { return .python }
        if name.hasPrefix("pylock."), name.hasSuffix(".toml") { return .python }
        return name.hasSuffix(".jar") ? .java : nil
    }

    /// The project file of a language in a folder of these names.
    static func first(of family: Runtime.Family, in folder: Set<String>) -> String? {
        names.first { $0.family == family }?.names.first { folder.contains($0) }
    }
}
