import LambdaModel

/// Content at the wrong level: folders that no runtime has on any path.
struct FolderCheck {
    /// What Lambda's environments look into below /opt (AWS: "Packaging your layer content").
    private static let known: Set<Substring> = ["python", "nodejs", "ruby", "java", "dotnetcore", "bin", "lib", "extensions"]

    let tree: LayerTree
    let runtime: Runtime

    func findings() -> [Finding] {
        let top = Set(tree.paths.compactMap { $0.split(separator: "/").first })
        guard !tree.paths.isEmpty else {
            return [Finding(.wrongFolder, .error, path: "", reason: "is empty", fix: "put something into the layer")]
        }
        var findings = wrappedFindings(top) + archiveFindings()
        for rule in rules(top) where findings.isEmpty { findings += rule }
        let isUseful = top.contains { Self.known.contains($0) } || runtime.family == .provided && tree.files["bootstrap"] != nil
        if findings.isEmpty, !isUseful {
            findings.append(
                Finding(
                    .wrongFolder, .warning, path: top.sorted().first.map(String.init) ?? "",
                    reason: "is nothing that \(runtime) looks for: all of the layer lies beside \(mainFolder)/, bin/, lib/ and extensions/",
                    fix: "put packages into \(mainFolder)/, programs into bin/ and libraries into lib/"))
        }
        let extensions = tree.paths.filter { $0.hasPrefix("extensions/") && $0.split(separator: "/").count == 2 }
        if extensions.count > 10 {
            findings.append(
                Finding(
                    .tooManyExtensions, .error, path: "extensions", reason: "has \(extensions.count) extensions; Lambda starts at most 10",
                    fix: "leave some out"))
        }
        return findings
    }

    private var mainFolder: String {
        switch runtime.family {
        case .python: "python"
        case .nodejs: "nodejs/node_modules"
        case .ruby: "ruby/gems/\(rubyVersion)"
        case .java: "java/lib"
        default: "bin"
        }
    }

    /// Everything in one folder more than there should be: the folder was zipped instead of its contents.
    private func wrappedFindings(_ top: Set<Substring>) -> [Finding] {
        guard top.count == 1, let folder = top.first, !Self.known.contains(folder) else { return [] }
        let inside = Set(tree.paths.compactMap { $0.split(separator: "/").dropFirst().first })
        guard let found = inside.intersection(Self.known.subtracting(["bin", "lib"])).min() else { return [] }
        return [
            Finding(
                .wrongFolder, .error, path: String(folder), subject: String(found),
                reason: "wraps the whole layer: \(found)/ has to be at the zip's root to be at /opt/\(found)",
                fix: "zip what is inside \(folder)/: (cd \(folder) && zip -r ../layer.zip .)")
        ]
    }

    private func archiveFindings() -> [Finding] {
        let endings = [".zip", ".whl", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".egg"]
        let found = tree.regularFiles.filter { file in
            let depth = file.path.split(separator: "/").count
            let isLoose = depth == 1 || depth == 2 && Self.known.contains(file.path.prefix { $0 != "/" })
            return isLoose && endings.contains { file.path.lowercased().hasSuffix($0) }
        }
        return found.map { file in
            let isAll = tree.regularFiles.count == found.count
            return Finding(
                .nestedArchive, isAll ? .error : .warning, path: file.path,
                reason: "is an archive inside the layer, and nothing unpacks it",
                fix: isAll ? "publish it as it is, without a zip around it" : "unpack it into the layer, or leave it out")
        }
    }

    /// Something at a place that is on no path of the runtime.
    func misplaced(_ path: String, _ reason: String, _ fix: String) -> [Finding] {
        [Finding(.wrongFolder, .error, path: path, reason: reason, fix: fix)]
    }

    /// A folder that only another version of the runtime looks into, if there is one.
    func otherVersion(_ folder: Substring?, in parent: String, _ reason: String, _ fix: String) -> [Finding] {
        guard let folder else { return [] }
        return [Finding(.otherRuntimeVersion, .error, path: "\(parent)/\(folder)", subject: String(folder), reason: reason, fix: fix)]
    }

    /// The first that finds something says it.
    private func rules(_ top: Set<Substring>) -> [[Finding]] {
        switch runtime.family {
        case .python: pythonRules(top)
        case .nodejs: nodeRules(top)
        case .ruby: rubyRules(top)
        case .java: javaRules()
        default: []
        }
    }
}
