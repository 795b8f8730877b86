import ELFFile
import LambdaModel

/// The failures of many loads, each once.
struct GatheredFailures {
    /// A library that was not found, or cannot be counted on.
    struct Need {
        var need: LibraryLoader.Need
        var level: SystemProfile.Level
        /// A file whose loading fails for it, if loading that is certain.
        var certainRoot: String?
        /// Whether the loader names this library first when it loads that file.
        var isFirst: Bool
    }

    /// A symbol version that its library does not define, or not everywhere.
    struct Version {
        var need: LibraryLoader.Need
        var version: String
        var level: SystemProfile.Level
        /// The layer's library that lacks it; nil for the system's.
        var library: String?
        var isCertain: Bool
    }

    private(set) var needs: [String: Need] = [:]
    private(set) var versions: [String: Version] = [:]
    /// Paths of the layer's own copies, by what the system serves in their place.
    private(set) var shadowed: [LibraryLoader.Need: String] = [:]

    mutating func add(_ load: LibraryLoader.Load, from root: String, isCertain: Bool, _ loader: LibraryLoader) {
        for (position, need) in load.missing.enumerated() {
            add(Need(need: need, level: .absent, certainRoot: isCertain ? root : nil, isFirst: position == 0))
        }
        for (need, place) in load.found where place == .system && !loader.runtimeLibraries.contains(need.library) {
            let copy = loader.shadowed(need)
            let isUnreliable = loader.profile.level(of: need.library) == .unreliable
            if let copy, !isUnreliable, !shadowed.values.contains(copy) { shadowed[need] = copy }
            // A copy serves where the system's is absent.
            if copy == nil, isUnreliable {
                add(Need(need: need, level: .unreliable, certainRoot: isCertain ? root : nil, isFirst: false))
            }
        }
        for failure in Self.versionFailures(load, loader) { add(failure, isCertain: isCertain) }
    }

    private mutating func add(_ need: Need) {
        guard let known = needs[need.need.library] else {
            needs[need.need.library] = need
            return
        }
        let isBetter = known.certainRoot == nil && need.certainRoot != nil || !known.isFirst && need.isFirst && need.certainRoot != nil
        if isBetter { needs[need.need.library] = need }
    }

    private mutating func add(_ failure: Version, isCertain: Bool) {
        let key = "\(failure.need.file)\0\(failure.need.library)\0\(failure.level)"
        var failure = failure
        failure.isCertain = isCertain || versions[key]?.isCertain == true
        versions[key] = failure
    }

    /// Whether anything that was found cannot be counted on.
    static func hasFailure(_ load: LibraryLoader.Load, _ loader: LibraryLoader) -> Bool {
        load.found.contains { $0.place == .system && loader.profile.level(of: $0.need.library) == .unreliable }
            || versionFailures(load, loader).contains { $0.level == .absent }
    }

    /// The newest failing version of each file and library.
    private static func versionFailures(_ load: LibraryLoader.Load, _ loader: LibraryLoader) -> [Version] {
        let places = Dictionary(load.found.map { ($0.need.library, $0.place) }, uniquingKeysWith: { first, _ in first })
        return load.files.flatMap { file in
            (loader.binaries[file]?.neededVersions ?? [:]).compactMap { library, versions -> Version? in
                let need = LibraryLoader.Need(library: library, file: file)
                guard let place = places[library] else { return nil }
                if case .layer(let path) = place {
                    let defined = loader.binaries[path]?.definedVersions ?? []
                    guard !defined.isEmpty, let lacking = versions.first(where: { !defined.contains($0) }) else { return nil }
                    return Version(need: need, version: lacking, level: .absent, library: path, isCertain: false)
                }
                let failing = versions.compactMap { version -> Version? in
                    let level = version.hasPrefix("GLIBC_ABI_") ? .absent : loader.profile.level(ofSymbolVersion: version)
                    guard let level, level != .guaranteed else { return nil }
                    return Version(need: need, version: version, level: level, library: nil, isCertain: false)
                }
                return failing.max { VersionNumber.of($0.version) < VersionNumber.of($1.version) }
            }
        }
    }
}

extension VersionNumber {
    /// The number of a symbol version; of one without a number, the least.
    fileprivate static func of(_ version: String) -> VersionNumber {
        VersionNumber(version.split(separator: "_").last ?? "") ?? VersionNumber.zero
    }
}
