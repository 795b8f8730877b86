import ZipArchive

/// Layers of one function laid over one another: which file wins, and which packages disagree.
struct OverlapCheck {
    /// In the function's order.
    let layers: [LayerTree]

    func findings() -> [Finding] {
        var findings: [Finding] = []
        for (index, later) in layers.enumerated() {
            for earlier in layers[..<index] {
                findings += overriddenFindings(earlier, later) + packageFindings(earlier, later)
            }
        }
        return findings
    }

    /// Files that differ, by the folder that says the most: one finding for each package's folder.
    private func overriddenFindings(_ earlier: LayerTree, _ later: LayerTree) -> [Finding] {
        var groups: [String: [String]] = [:]
        for path in earlier.paths {
            guard let mine = earlier.files[path], let theirs = later.files[path], mine.kind == .file || theirs.kind == .file,
                !Self.isSame(mine, theirs)
            else { continue }
            groups[SizeTree.group(of: path), default: []].append(path)
        }
        return groups.sorted { $0.key < $1.key }.map { group, paths in
            let files = paths.count == 1 ? "" : ", and \(paths.count - 1) more in \(group)"
            return Finding(
                .overriddenFile, .warning, path: paths[0], subject: group,
                reason: "of \(earlier.name)\(files): overridden by \(later.name), which comes later in the list and has other content",
                fix: "leave it out of one layer, or see that the one that shall win comes last")
        }
    }

    private static func isSame(_ first: LayerFile, _ second: LayerFile) -> Bool {
        guard first.kind == second.kind, first.size == second.size else { return false }
        if case .transplant(_, let one) = first.content.source, case .transplant(_, let other) = second.content.source {
            return one.crc32 == other.crc32
        }
        return (try? first.bytes(limit: 1 << 30)) == (try? second.bytes(limit: 1 << 30))
    }

    private func packageFindings(_ earlier: LayerTree, _ later: LayerTree) -> [Finding] {
        let (mine, theirs) = (LayerPackages(of: earlier), LayerPackages(of: later))
        return mine.versions.sorted { $0.key.name < $1.key.name }.compactMap { key, version in
            guard let other = theirs.versions[key], other != version, let folder = mine.folders[key], let otherFolder = theirs.folders[key]
            else { return nil }
            let isMixed = folder == otherFolder
            return Finding(
                .conflictingPackages, isMixed ? .error : .warning, path: otherFolder, subject: key.name,
                reason: "\(key.name) is \(version) in \(earlier.name) and \(other) in \(later.name)"
                    + (isMixed
                        ? ": their files are mixed, the later layer's over the earlier's"
                        : ": the folder that comes first on the path serves"),
                fix: "build both layers with the same version, or leave the package out of one")
        }
    }
}
