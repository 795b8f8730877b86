import LayerCheck
import ZipArchive

/// Takes out of a layer what is not wanted in it.
struct Trimming: Sendable {
    var exclusions: [PathPattern] = []
    /// Whether what no function needs at run time goes: tests, type stubs, static archives, headers.
    var isSlim = false

    /// - Returns: What was taken out, the largest first; and notes of exclusions that match nothing.
    func apply(to content: inout LayerContent) throws -> (removed: [BuildReport.Removed], notes: [String]) {
        guard isSlim || !exclusions.isEmpty else { return ([], []) }
        let tests = isSlim ? TestFolders(content.entries.map(\.path)) : nil
        var removed: [String: BuildReport.Removed] = [:]
        var paths: Set<String> = []
        var used: Set<PathPattern> = []
        for entry in content.entries {
            var isFolder = false
            if case .directory = entry.source { isFolder = true }
            let matching = exclusions.filter { $0.matches(entry.path, isFolder: isFolder) }
            used.formUnion(matching)
            let reason = matching.first?.text ?? tests.flatMap { Self.category(entry.path, $0)?.rawValue }
            guard let reason else { continue }
            paths.insert(entry.path)
            removed[reason, default: BuildReport.Removed(reason: reason, files: 0, size: 0)].files += 1
            removed[reason]?.size += entry.size
        }
        content.entries.removeAll { paths.contains($0.path) }
        content.index.remove(paths)
        try InstalledRecords.remove(paths, from: &content)
        let notes = exclusions.filter { !used.contains($0) }.map { "nothing in the layer matches the exclusion '\($0.text)'" }
        return (removed.values.sorted { ($1.size, $0.reason) < ($0.size, $1.reason) }, notes)
    }

    private enum Category: String {
        case tests
        case typeStubs = "type stubs"
        case staticArchives = "static archives"
        case headers
    }

    private static func category(_ path: String, _ tests: TestFolders) -> Category? {
        if tests.contains(path) { return .tests }
        let endings: [(String, Category)] = [
            (".pyi", .typeStubs), (".d.ts", .typeStubs), (".d.mts", .typeStubs), (".d.cts", .typeStubs), ("/py.typed", .typeStubs),
            (".a", .staticArchives), (".h", .headers), (".hpp", .headers), (".hh", .headers), (".hxx", .headers), (".pxd", .headers),
        ]
        return endings.first { path.hasSuffix($0.0) }?.1
    }
}

/// The folders of a layer that hold tests of its packages.
private struct TestFolders {
    private var folders: Set<Substring> = []

    /// A folder counts that is named as one of tests and holds some: names alone would take public modules too, such as django.test.
    init(_ paths: [String]) {
        for path in paths {
            guard let slash = path.lastIndex(of: "/") else { continue }
            let name = path[path.index(after: slash)...]
            let isTest =
                name.hasPrefix("test_") && name.hasSuffix(".py") || name.hasSuffix("_test.py")
                || [".test.js", ".spec.js", ".test.mjs", ".test.ts", "_test.rb", "_spec.rb"].contains { name.hasSuffix($0) }
            guard isTest else { continue }
            var folder = path[..<slash]
            // Tests may lie in folders of their own inside.
            while let parent = folder.lastIndex(of: "/") {
                if ["test", "tests", "__tests__", "spec"].contains(folder[folder.index(after: parent)...]) { folders.insert(folder) }
                folder = folder[..<parent]
            }
        }
    }

    func contains(_ path: String) -> Bool {
        var folder = path[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            if folders.contains(folder) { return true }
        }
        return false
    }
}
