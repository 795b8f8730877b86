import LaminaErrors

/// Finds the packages that a project needs in a Poetry lock before version 2.1, which does not say who needs what.
struct PoetryWalk {
    private let byName: [String: [PoetryLock.Package]]
    private let environment: MarkerEnvironment
    private var found: [String: PoetryLock.Package] = [:]
    /// Packages with the extras that were followed.
    private var followed: [String: Set<String>] = [:]

    init(packages: [PoetryLock.Package], environment: MarkerEnvironment) {
        byName = Dictionary(grouping: packages) { PythonName.normalize($0.name) }
        self.environment = environment
    }

    /// The packages of the groups and extras that the environment names.
    func packages(of project: PoetryProject) throws -> [PoetryLock.Package] {
        var walk = self
        var open: [(String, PoetryDependencies.Dependency)] = []
        for (name, dependencies) in try project.roots(environment) { open += dependencies.alternatives.map { (name, $0) } }
        while let (name, dependency) = open.popLast() {
            guard try dependency.holds(in: environment) else { continue }
            open += try walk.visit(PythonName.normalize(name), dependency)
        }
        return walk.found.values.sorted { $0.name < $1.name }
    }

    /// Takes a package and gives what it needs.
    private mutating func visit(
        _ name: String, _ dependency: PoetryDependencies.Dependency
    ) throws -> [(String, PoetryDependencies.Dependency)] {
        let package: PoetryLock.Package
        if let known = found[name] { package = known } else { package = try choose(name, dependency) }
        let extras = Set((dependency.extras ?? []).map(PythonName.normalize))
        if let done = followed[name], extras.isSubset(of: done) { return [] }
        found[name] = package
        followed[name, default: []].formUnion(extras)
        let named = (package.extras ?? [:]).filter { extras.contains(PythonName.normalize($0.key)) }.values.joined()
        // Each is written as "name (>=1.0)" or "name[extra] (>=1.0)".
        let optional = Set(named.map { PythonName.normalize($0.prefix { $0 != " " && $0 != "[" && $0 != ";" }) })
        return (package.dependencies ?? [:]).flatMap { name, dependencies in
            dependencies.alternatives
                .filter { $0.optional != true || optional.contains(PythonName.normalize(name)) }
                .map { dependency in
                    var dependency = dependency
                    // An optional dependency's marker asks for the extra, which is given.
                    if dependency.optional == true { dependency.markers = dependency.markers.flatMap(Self.withoutExtra) }
                    return (name, dependency)
                }
        }
    }

    private static func withoutExtra(_ marker: String) -> String? { marker.contains("extra ==") ? nil : marker }

    private func choose(_ name: String, _ dependency: PoetryDependencies.Dependency) throws -> PoetryLock.Package {
        let candidates = (byName[name] ?? []).filter { package in
            guard let python = environment.pythonVersion, let versions = package.pythonVersions else { return true }
            return PoetryConstraint(versions).contains(python)
        }
        let suitable = candidates.filter { package in
            guard let constraint = dependency.version, let version = PythonVersion(package.version) else { return true }
            return PoetryConstraint(constraint).contains(version)
        }
        guard let best = suitable.first ?? candidates.first else {
            throw LaminaError(.unsupported, "the lock has no \(name) for the runtime's Python; run 'poetry lock' again")
        }
        return best
    }
}
