import LambdaModel
import LaminaErrors

/// Will this content load on Lambda? Told from its bytes alone.
public struct LayerChecker: Sendable {
    /// Nil where none is known: then only names and sizes are checked.
    public var runtime: Runtime?
    public var architecture: Architecture
    /// The function's other layers, which come after the checked one.
    public var others: [LayerTree] = []
    /// The function's own code.
    public var function: LayerTree?

    public init(runtime: Runtime?, architecture: Architecture) {
        self.runtime = runtime
        self.architecture = architecture
    }

    /// What Lambda would stumble over in a layer, errors first.
    ///
    /// - Parameters:
    ///   - index: What is known of its files already; the rest is read.
    ///   - verifies: Whether every file is read to its end, against the zip's checksums.
    ///   - zippedSize: Bytes of the layer's zip, where there is one.
    /// - Throws: ``LaminaError`` for files that cannot be read; `CancellationError`.
    public func findings(
        in tree: LayerTree, index known: ContentIndex = ContentIndex(), verifies: Bool = false, zippedSize: Int? = nil
    ) async throws -> [Finding] {
        var index = known
        index.merge(try await ContentIndex(reading: tree.regularFiles.filter { !known.covered.contains($0.path) }, verifies: verifies))
        var findings = NameCheck(tree: tree).findings() + OverlapCheck(layers: [tree] + others).findings()
        findings += SizeCheck(parts: ([tree] + others + [function].compactMap(\.self)).map { ($0.name, $0.size) }, zippedSize: zippedSize)
            .findings()
        if let runtime { findings += try await runtimeFindings(runtime, tree, index) }
        return findings.sortedBySeverity()
    }

    private func runtimeFindings(_ runtime: Runtime, _ tree: LayerTree, _ own: ContentIndex) async throws -> [Finding] {
        var whole = tree
        var index = own
        for other in others {
            whole = whole.overlaid(with: other)
            index.merge(try await ContentIndex(reading: other.regularFiles))
        }
        let profile = SystemProfile(runtime.operatingSystem, architecture)
        let together =
            ScriptCheck(tree: whole, runtime: runtime).findings()
            + LibraryCheck(tree: whole, index: index, runtime: runtime, architecture: architecture).findings()
        // What is wrong in another layer is found when that one is checked.
        return FolderCheck(tree: tree, runtime: runtime).findings() + together.filter { others.isEmpty || tree.files[$0.path] != nil }
            + RunTimeFileCheck(tree: whole, index: own, profile: profile).findings() + packageFindings(runtime, tree)
    }

    private func packageFindings(_ runtime: Runtime, _ tree: LayerTree) -> [Finding] {
        switch runtime.family {
        case .python:
            PythonSites(runtime).map {
                PythonPackageCheck(tree: tree, sites: $0, runtime: runtime, architecture: architecture).findings()
            } ?? []
        case .nodejs: NodePackageCheck(tree: tree, runtime: runtime, architecture: architecture).findings()
        case .java: ClassFileCheck(tree: tree, runtime: runtime).findings()
        default: []
        }
    }
}
