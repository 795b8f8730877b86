import LaminaErrors

/// Follows a package's entries as they come: which are to be unpacked, and where symlinks lead.
///
/// Links are followed by their texts, as if the package's root were the root of a file system; none is ever made.
struct PackageTree {
    /// As many links as Linux follows.
    private static let linkLimit = 40
    /// Files that are unpacked.
    private static let fileLimit = 20_000

    private let name: String
    private var files: Set<String> = []
    private var links: [String: String] = [:]
    private var licenses: [String] = []

    /// - Parameter name: What people call the package.
    init(name: String) { self.name = name }

    /// The path of a file that is to be unpacked; nil for any other entry.
    ///
    /// - Throws: ``LaminaError`` `unsafe` for a path that leaves the root.
    mutating func admit(_ entry: PackageArchive.Entry) throws -> String? {
        let path = try normalize(entry.path)
        switch entry.kind {
        case .symlink(let target):
            // That of a folder counts too: lib64 → usr/lib64.
            links[path] = target
            return nil
        case .hardlink(let target, let hasBytes):
            guard Self.isLibrary(path) else { return nil }
            let first = try normalize(target)
            // A tar has the bytes with the first name, an .rpm's cpio with the last.
            links[hasBytes ? first : path] = "/" + (hasBytes ? path : first)
            return hasBytes ? try admit(file: path) : nil
        case .file:
            if Self.isLibrary(path) { return try admit(file: path) }
            guard Self.isLicense(path) else { return nil }
            try count()
            licenses.append(path)
            return path
        case .directory, .other: return nil
        }
    }

    private mutating func admit(file path: String) throws -> String {
        try count()
        guard files.insert(path).inserted else { throw LaminaError(.corrupt, "\(path) appears twice in \(name)") }
        return path
    }

    private func count() throws {
        guard files.count + licenses.count < Self.fileLimit else {
            throw LaminaError(.limitExceeded, "\(name) has more than \(Self.fileLimit) libraries")
        }
    }

    /// What is there after the last entry.
    func contents() -> PackageContents {
        let names = files.union(links.keys.filter(Self.isLibrary))
        let libraries = names.compactMap { name in
            resolve(name).map { PackageContents.Library(path: name, file: $0) }
        }
        return PackageContents(libraries: libraries.sorted { $0.rank < $1.rank }, licenses: licenses.sorted())
    }

    /// The unpacked file that a path leads to.
    private func resolve(_ path: String) -> String? {
        var pending = Self.parts(path).reversed() as [Substring]
        var resolved: [Substring] = []
        var followed = 0
        while let part = pending.popLast() {
            switch part {
            case ".": continue
            case "..": _ = resolved.popLast()
            default:
                resolved.append(part)
                guard let target = links[resolved.joined(separator: "/")] else { continue }
                followed += 1
                guard followed <= Self.linkLimit else { return nil }
                if target.utf8.first == UInt8(ascii: "/") { resolved = [] } else { resolved.removeLast() }
                pending += Self.parts(target).reversed()
            }
        }
        let file = resolved.joined(separator: "/")
        return files.contains(file) ? file : nil
    }

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }

    /// The path without a leading `./`, and without a slash at its end.
    private func normalize(_ path: String) throws -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: Array($0), as: UTF8.self) }.filter { $0 != "." }
        guard path.utf8.first != UInt8(ascii: "/"), !parts.contains("..") else {
            throw LaminaError(.unsafe, "\(path) in \(name) leaves the package's root")
        }
        return parts.joined(separator: "/")
    }

    private static func isLibrary(_ path: String) -> Bool {
        let parts = parts(path)
        guard let name = parts.last, name.hasSuffix(".so") || name.contains(".so.") else { return false }
        let folder = parts.dropLast().first == "usr" ? parts.dropFirst().first : parts.first
        return parts.count > 1 && (folder == "lib" || folder == "lib64")
    }

    /// Where RPM's `%license` goes, and Debian's policy (12.5) has the copyright file.
    private static func isLicense(_ path: String) -> Bool {
        let parts = parts(path)
        guard parts.count >= 5, parts.starts(with: ["usr", "share"]) else { return false }
        return parts[2] == "licenses" || (parts[2] == "doc" && parts.count == 5 && parts[4] == "copyright")
    }
}
