import LaminaErrors

/// Which names a zip's entries may have, and together: nothing leaves the root, nothing stands in another's way.
///
/// Names are looked at as bytes, as the kernel does: a combining character behind a slash makes one Character of both.
package struct PathRules {
    /// Linux's PATH_MAX.
    private static let lengthLimit = 4096
    private static let slash = UInt8(ascii: "/")

    /// Kinds by path, without a trailing slash.
    private var kinds: [[UInt8]: ZipEntry.Kind] = [:]

    package init() {}

    /// Checks all entries of a zip that is about to be extracted.
    ///
    /// - Throws: ``LaminaError`` `unsafe`, naming the entry.
    package static func check(_ entries: [ZipEntry]) throws {
        var rules = PathRules()
        for entry in entries { try rules.admit(entry.path, entry.kind) }
        try rules.checkParents()
    }

    /// Checks one name by itself and against those before it. A directory may be named twice.
    package mutating func admit(_ path: String, _ kind: ZipEntry.Kind) throws {
        var bytes = Array(path.utf8)
        guard bytes.count <= Self.lengthLimit else {
            throw LaminaError(.unsafe, "\(path.prefix(80))… is longer than the \(Self.lengthLimit) bytes that a path may have")
        }
        guard kind != .special else { throw LaminaError(.unsafe, "\(path) is a device, pipe or socket") }
        guard bytes.first != Self.slash else { throw LaminaError(.unsafe, "\(path) is an absolute path") }
        guard !bytes.contains(UInt8(ascii: "\\")) else {
            throw LaminaError(.unsafe, "\(path) has a backslash, which is a separator elsewhere; zip it with forward slashes")
        }
        if bytes.last == Self.slash { bytes.removeLast() }
        for part in bytes.split(separator: Self.slash, omittingEmptySubsequences: false) {
            if part.elementsEqual("..".utf8) { throw LaminaError(.unsafe, "\(path) leaves the root") }
            if part.isEmpty || part.elementsEqual(".".utf8) { throw LaminaError(.unsafe, "\(path) has an empty or '.' part") }
        }
        if let earlier = kinds.updateValue(kind, forKey: bytes), earlier != .directory || kind != .directory {
            throw LaminaError(.unsafe, "\(path) appears twice")
        }
    }

    /// Checks that no entry lies below a file or a symlink.
    package func checkParents() throws {
        for path in kinds.keys {
            var parent = path[...]
            while let slash = parent.lastIndex(of: Self.slash) {
                parent = path[..<slash]
                guard let kind = kinds[Array(parent)] else { continue }
                guard kind == .directory else {
                    let names = [path[...], parent].map { String(decoding: $0, as: UTF8.self) }
                    throw LaminaError(.unsafe, "\(names[0]) lies below \(names[1]), which is no directory")
                }
                // A directory that was admitted has its own parents checked in its own turn.
                break
            }
        }
    }

    /// Checks that a symlink's target, from the link's own folder, stays below the root; or below /opt, where a layer is mounted.
    ///
    /// `..` counts only at the target's start: behind a name it could follow another link.
    package static func checkLink(_ path: String, target: String) throws {
        guard !target.isEmpty, !target.utf8.contains(0) else { throw LaminaError(.unsafe, "\(path) is a symlink without a target") }
        if target.utf8.first == slash {
            guard target.utf8.starts(with: "/opt/".utf8),
                !target.utf8.split(separator: slash).contains(where: { $0.elementsEqual("..".utf8) })
            else { throw LaminaError(.unsafe, "\(path) is a symlink to the absolute path \(target)") }
            return
        }
        var depth = path.utf8.split(separator: slash).count - 1
        var hasDescended = false
        for part in target.utf8.split(separator: slash) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) {
                depth -= 1
                guard depth >= 0, !hasDescended else {
                    throw LaminaError(.unsafe, "\(path) is a symlink that points outside, to \(target)")
                }
            } else {
                hasDescended = true
            }
        }
    }
}
