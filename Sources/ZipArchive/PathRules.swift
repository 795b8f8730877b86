import LaminaErrors

/// Which names a zip's entries may have, and together: nothing leaves the root, nothing stands in another's way.
public struct PathRules {
    /// A regular file, directory or symlink by its path without a trailing slash.
    private var kinds: [String: ZipEntry.Kind] = [:]

    public init() {}

    /// Checks all entries of a zip that is about to be extracted.
    ///
    /// - Throws: ``LaminaError`` `unsafe`, naming the entry.
    public static func check(_ entries: [ZipEntry]) throws {
        var rules = PathRules()
        for entry in entries { try rules.admit(entry.path, entry.kind) }
        try rules.checkParents()
    }

    /// Checks one name by itself and against those before it. A directory may be named twice.
    public mutating func admit(_ path: String, _ kind: ZipEntry.Kind) throws {
        guard kind != .special else { throw LaminaError(.unsafe, "\(path) is a device, pipe or socket") }
        guard !path.hasPrefix("/") else { throw LaminaError(.unsafe, "\(path) is an absolute path") }
        guard !path.utf8.contains(UInt8(ascii: "\\")) else {
            throw LaminaError(.unsafe, "\(path) has a backslash, which is a separator elsewhere; zip it with forward slashes")
        }
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        for part in trimmed.split(separator: "/", omittingEmptySubsequences: false) {
            switch part {
            case "..": throw LaminaError(.unsafe, "\(path) leaves the root")
            case "", ".": throw LaminaError(.unsafe, "\(path) has an empty or '.' part")
            default: break
            }
        }
        if let earlier = kinds.updateValue(kind, forKey: trimmed), earlier != .directory || kind != .directory {
            throw LaminaError(.unsafe, "\(path) appears twice")
        }
    }

    /// Checks that no entry lies below a file or a symlink.
    public func checkParents() throws {
        for path in kinds.keys {
            var end = path.endIndex
            while let slash = path[..<end].lastIndex(of: "/") {
                if let kind = kinds[String(path[..<slash])] {
                    guard kind == .directory else {
                        throw LaminaError(.unsafe, "\(path) lies below \(path[..<slash]), which is no directory")
                    }
                    // A directory that was admitted has had its own parents checked by its own turn.
                    break
                }
                end = slash
            }
        }
    }

    /// Checks that a symlink's target, from the link's own folder, stays below the root.
    public static func checkLink(_ path: String, target: String) throws {
        guard !target.isEmpty, !target.utf8.contains(0) else { throw LaminaError(.unsafe, "\(path) is a symlink without a target") }
        guard !target.hasPrefix("/") else { throw LaminaError(.unsafe, "\(path) is a symlink to the absolute path \(target)") }
        var depth = path.split(separator: "/").count - 1
        for part in target.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            guard depth >= 0 else { throw LaminaError(.unsafe, "\(path) is a symlink that points outside, to \(target)") }
        }
    }
}
