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

    private var rubyVersion: String { "\(runtime.version).0" }

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

    private func misplaced(_ path: String, _ reason: String, _ fix: String) -> [Finding] {
        [Finding(.wrongFolder, .error, path: path, reason: reason, fix: fix)]
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

    private func pythonRules(_ top: Set<Substring>) -> [[Finding]] {
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
            others.isEmpty || others.contains("python\(version)")
                ? []
                : [
                    Finding(
                        .otherRuntimeVersion, .error, path: "python/lib/\(others.min() ?? "")", subject: others.min().map(String.init),
                        reason: "is for another Python than \(runtime), which looks into python/lib/python\(version)/site-packages",
                        fix: "build for \(runtime), or put packages into python/, which every Python looks into")
                ],
        ]
    }

    private func nodeRules(_ top: Set<Substring>) -> [[Finding]] {
        let major = runtime.version.prefix { $0.isNumber }
        let versions = Set(tree.paths.compactMap { $0.hasPrefix("nodejs/node") ? $0.split(separator: "/")[1] : nil })
        let others = versions.filter { $0 != "node_modules" && $0 != "node\(major)" }
        let isServed = versions.contains("node_modules") || versions.contains("node\(major)")
        return [
            tree.hasFolder("node_modules")
                ? misplaced("node_modules", "is on no path of \(runtime), which looks into nodejs/node_modules", "move it into nodejs/")
                : [],
            others.isEmpty || isServed
                ? []
                : [
                    Finding(
                        .otherRuntimeVersion, .error, path: "nodejs/\(others.min() ?? "")", subject: others.min().map(String.init),
                        reason: "is for another Node than \(runtime), which looks into nodejs/node\(major)/node_modules",
                        fix: "build for \(runtime), or put packages into nodejs/node_modules, which every Node looks into")
                ],
            top.contains("nodejs") && !isServed
                ? misplaced(
                    "nodejs", "has no node_modules/, and \(runtime) looks into nodejs/node_modules",
                    "run npm install inside nodejs/, or lamina build")
                : [],
        ]
    }

    private func rubyRules(_ top: Set<Substring>) -> [[Finding]] {
        let versions = Set(tree.paths.compactMap { $0.hasPrefix("ruby/gems/") ? $0.split(separator: "/").dropFirst(2).first : nil })
        let isVersion: (Substring) -> Bool = { $0.first?.isNumber == true }
        let loose = ["gems", "vendor/bundle", "ruby/vendor", "ruby/\(rubyVersion)", "ruby/ruby"].first { tree.hasFolder($0) }
        return [
            loose.map {
                misplaced(
                    $0, "is not on GEM_PATH of \(runtime), which has /opt/ruby/gems/\(rubyVersion)",
                    "move gems/ and specifications/ into ruby/gems/\(rubyVersion)/, or use lamina build")
            } ?? [],
            versions.contains { !isVersion($0) } && !versions.contains(rubyVersion[...])
                ? misplaced(
                    "ruby/gems", "has no folder \(rubyVersion)/, which GEM_PATH of \(runtime) names",
                    "move gems/ and specifications/ into ruby/gems/\(rubyVersion)/") : [],
            versions.isEmpty || versions.contains(rubyVersion[...])
                ? []
                : [
                    Finding(
                        .otherRuntimeVersion, .error, path: "ruby/gems/\(versions.min() ?? "")", subject: versions.min().map(String.init),
                        reason: "is for another Ruby than \(runtime), whose GEM_PATH has ruby/gems/\(rubyVersion)",
                        fix: "build for \(runtime)")
                ],
        ]
    }

    private func javaRules() -> [[Finding]] {
        let jars = tree.paths.filter { $0.hasSuffix(".jar") }
        let isServed: (String) -> Bool = { $0.hasPrefix("java/lib/") && $0.split(separator: "/").count == 3 }
        return [
            jars.filter { !isServed($0) }.prefix(10).flatMap {
                misplaced($0, "is not on the class path, which has the jars directly in java/lib/", "move it to java/lib/")
            }
        ]
    }
}
