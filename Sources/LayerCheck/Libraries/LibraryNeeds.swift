/// What a layer's binaries want of shared libraries that Lambda does not have, or not in that version.
package struct LibraryNeeds: Sendable, Hashable {
    /// Sonames that some file is sure to need and that cannot be counted on, sorted.
    package var missing: [String] = []
    /// Files that need a newer version of a library than the system's, by the library. The C library is left out: it cannot be replaced.
    package var outdated: [String: Outdated] = [:]

    package struct Outdated: Sendable, Hashable {
        /// Paths in the layer.
        package var files: Set<String> = []
        /// The symbol versions that they need.
        package var versions: Set<String> = []
    }

    init(_ failures: GatheredFailures) {
        missing = failures.needs.values.filter { $0.certainRoot != nil }.map(\.need.library).sorted()
        for failure in failures.versions.values
        where failure.isCertain && failure.library == nil && failure.level == .absent && !failure.version.hasPrefix("GLIBC_") {
            outdated[failure.need.library, default: Outdated()].files.insert(failure.need.file)
            outdated[failure.need.library, default: Outdated()].versions.insert(failure.version)
        }
    }
}

extension LayerChecker {
    /// What a layer's binaries lack, as far as other packages can bring it.
    ///
    /// - Parameter index: Of all its files.
    package func libraryNeeds(of tree: LayerTree, index: ContentIndex) -> LibraryNeeds? {
        runtime.map {
            LibraryNeeds(LibraryCheck(tree: tree, index: index, runtime: $0, architecture: architecture).failures())
        }
    }
}
