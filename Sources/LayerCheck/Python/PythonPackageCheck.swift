import Foundation
import LambdaModel

/// Installed Python packages against their own words: what their dist-info says they are for, and which files it records.
struct PythonPackageCheck {
    /// Bytes of a RECORD that are read.
    private static let limit = 16 << 20

    let tree: LayerTree
    let sites: PythonSites
    let runtime: Runtime
    let architecture: Architecture

    func findings() -> [Finding] {
        let infos = tree.paths.filter { $0.hasSuffix(".dist-info/METADATA") || $0.hasSuffix(".dist-info/WHEEL") }
            .map { String($0[..<($0.lastIndex(of: "/") ?? $0.endIndex)]) }
        var findings: [Finding] = []
        var versions: [String: String] = [:]
        for info in Set(infos).sorted() where sites.relative(info) != nil {
            let title = info.split(separator: "/").last?.dropLast(".dist-info".count) ?? ""
            findings += platformFindings(info, package: title) + recordFindings(info, package: title)
            let name = (title.lastIndex(of: "-").map { title[..<$0] } ?? title).lowercased()
            if let other = versions.updateValue(info, forKey: name) {
                findings.append(
                    Finding(
                        .inconsistentPackage, .warning, path: info, subject: String(name),
                        reason: "is there beside \(other): two versions in one layer",
                        fix: "install into an empty folder, or use lamina build"))
            }
        }
        return findings + foreignModules()
    }

    /// PEP 425 tags of the WHEEL file: one of them has to be the target's.
    private func platformFindings(_ info: String, package: Substring) -> [Finding] {
        guard let file = tree.files["\(info)/WHEEL"], let text = try? file.text(limit: 1 << 20) else { return [] }
        let tags = text.split(whereSeparator: \.isNewline).compactMap { line in
            line.hasPrefix("Tag:") ? line.dropFirst(4).trimmingCharacters(in: .whitespaces).split(separator: "-") : nil
        }.filter { $0.count == 3 }
        guard !tags.isEmpty, !tags.contains(where: { isForPlatform($0[2]) && isForPython($0[0], abi: $0[1]) }) else { return [] }
        let names = tags.prefix(3).map { $0.joined(separator: "-") }.joined(separator: ", ")
        let isOtherPlatform = !tags.contains { isForPlatform($0[2]) }
        return [
            Finding(
                isOtherPlatform ? .otherPlatform : .otherRuntimeVersion, .error, path: info, subject: String(package),
                reason: "says that \(package) is for \(names), not for \(runtime) on \(architecture.rawValue)\(consequence(info))",
                fix: "install the wheel for \(runtime) and manylinux \(architecture.machineName), as lamina build does")
        ]
    }

    private func isForPlatform(_ platform: Substring) -> Bool {
        platform == "any"
            || (platform.hasPrefix("manylinux") || platform.hasPrefix("linux")) && platform.hasSuffix("_\(architecture.machineName)")
    }

    private func isForPython(_ python: Substring, abi: Substring) -> Bool {
        if python.hasPrefix("py3") || python.hasPrefix("py2") {
            return python.hasPrefix("py3") && (Int(python.dropFirst(3)) ?? 0) <= sites.minor
        }
        guard python.hasPrefix("cp3"), let minor = Int(python.dropFirst(3)) else { return false }
        return abi == "abi3" || abi == "none" ? minor <= sites.minor : minor == sites.minor
    }

    /// What Python will say of the package's first extension module, which it passes over.
    private func consequence(_ info: String) -> String {
        for path in recorded(info).sorted() {
            guard let found = sites.moduleFile("\(folder(of: info))/\(path)") else { continue }
            switch found {
            case .foreign(let module, _): return ": No module named '\(module)'"
            case .module(let module): return ": No module named '\(module)'"
            }
        }
        return ""
    }

    private func folder(of info: String) -> String { info.split(separator: "/").dropLast().joined(separator: "/") }

    /// The paths of a RECORD that lie below the site folder.
    private func recorded(_ info: String) -> [String] {
        guard let text = try? tree.files["\(info)/RECORD"]?.text(limit: Self.limit) else { return [] }
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let path = line.hasPrefix("\"") ? line.dropFirst().prefix { $0 != "\"" } : line.prefix { $0 != "," }
            return path.hasPrefix("../") || path.hasPrefix("/") || path.hasSuffix(".pyc") ? nil : String(path)
        }
    }

    private func recordFindings(_ info: String, package: Substring) -> [Finding] {
        let folder = folder(of: info)
        let paths = recorded(info).filter { !$0.contains(".dist-info/") }
        let missing = paths.filter { tree.files["\(folder)/\($0)"] == nil }
        guard let first = missing.min() else { return [] }
        return [
            Finding(
                .inconsistentPackage, missing.count == paths.count ? .error : .warning, path: info, subject: String(package),
                reason: "records \(missing.count) of its \(paths.count) files that are not in the layer, the first \(first)",
                fix: "install \(package) anew, or take its dist-info out too")
        ]
    }

    /// Extension modules that the runtime passes over, where there is none of the same name for it.
    private func foreignModules() -> [Finding] {
        var ours: Set<String> = []
        var foreign: [String: (path: String, tag: String)] = [:]
        for path in tree.paths {
            switch sites.moduleFile(path) {
            case .module(let module)?: ours.insert(module)
            case .foreign(let module, let tag)?: foreign[module] = (path, tag)
            case nil: break
            }
        }
        return foreign.filter { !ours.contains($0.key) }.sorted { $0.key < $1.key }.map { module, found in
            let isLinux = found.tag.hasPrefix("cpython-") && found.tag.hasSuffix("-linux-gnu")
            return Finding(
                isLinux ? .otherRuntimeVersion : .otherPlatform, .error, path: found.path, subject: module,
                reason: "is for \(found.tag), so \(runtime) passes it over: No module named '\(module)'",
                fix: "install the package for \(runtime), as lamina build does")
        }
    }
}
