import LambdaModel
import SystemPackage

/// The interpreters below `/var/lang` of a root file system, where Lambda's base images have them, judged by their files: nothing of it is
/// run, as it may be of another machine.
enum ImageInterpreter {
    /// The versions of a language, the lowest first, such as `3.12.9` or only `3.12`.
    ///
    /// - Returns: Nil where the language is not there; nothing where it does not tell its version.
    static func versions(of family: Runtime.Family, in root: borrowing RootFolder) -> [String]? {
        switch family {
        case .python: python(root)
        case .nodejs: root.hasProgram(at: "var/lang/bin/node") ? node(root) : nil
        case .ruby: root.hasProgram(at: "var/lang/bin/ruby") ? ruby(root) : nil
        case .java: root.hasProgram(at: "var/lang/bin/java") ? java(root) : nil
        case .provided, .dotnet, .go: nil
        }
    }

    private static func python(_ root: borrowing RootFolder) -> [String]? {
        var versions: [[Int]] = []
        for name in root.names(in: "var/lang/bin") {
            guard let match = name.wholeMatch(of: /python([0-9]+\.[0-9]+)/), root.hasProgram(at: FilePath("var/lang/bin/\(name)")) else {
                continue
            }
            let header = root.text(at: FilePath("var/lang/include/\(name)/patchlevel.h")) ?? ""
            let whole = header.firstMatch(of: /PY_VERSION\s+"([0-9]+\.[0-9]+\.[0-9]+)/)?.output.1
            versions.append(numbers(whole ?? match.output.1))
        }
        return versions.isEmpty ? nil : sorted(versions)
    }

    private static func node(_ root: borrowing RootFolder) -> [String] {
        let header = root.text(at: "var/lang/include/node/node_version.h") ?? ""
        guard let major = header.firstMatch(of: /NODE_MAJOR_VERSION\s+([0-9]+)/)?.output.1,
            let minor = header.firstMatch(of: /NODE_MINOR_VERSION\s+([0-9]+)/)?.output.1,
            let patch = header.firstMatch(of: /NODE_PATCH_VERSION\s+([0-9]+)/)?.output.1
        else { return [] }
        return ["\(major).\(minor).\(patch)"]
    }

    private static func ruby(_ root: borrowing RootFolder) -> [String] {
        let libraries = root.names(in: "var/lang/lib").compactMap { $0.wholeMatch(of: /libruby\.so\.([0-9]+\.[0-9]+\.[0-9]+)/)?.output.1 }
        if !libraries.isEmpty { return sorted(libraries.map(numbers)) }
        // A folder a minor version, which ends with 0.
        return sorted(root.names(in: "var/lang/lib/ruby").compactMap { $0.wholeMatch(of: /([0-9]+\.[0-9]+)\.0/)?.output.1 }.map(numbers))
    }

    private static func java(_ root: borrowing RootFolder) -> [String] {
        let release = root.text(at: "var/lang/release") ?? root.text(at: "var/lang/jre/release") ?? ""
        return release.firstMatch(of: /JAVA_VERSION="([0-9][0-9._]*)"/).map { [String($0.output.1)] } ?? []
    }

    private static func numbers(_ version: some StringProtocol) -> [Int] { version.split(separator: ".").compactMap { Int($0) } }

    private static func sorted(_ versions: [[Int]]) -> [String] {
        versions.sorted { $0.lexicographicallyPrecedes($1) }.map { $0.map { String($0) }.joined(separator: ".") }
    }
}
