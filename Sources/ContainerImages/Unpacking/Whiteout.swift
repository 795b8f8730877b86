import LaminaErrors
import SystemPackage

/// What a layer takes away from those below it (OCI image specification, "Whiteouts").
enum Whiteout {
    /// One file or folder.
    case name(FilePath.Component)
    /// All that its folder has.
    case opaque
    /// What AUFS keeps for itself, and old versions of Docker have packed.
    case ignored

    /// Nil for what is no whiteout.
    init?(_ path: FilePath, name: String) throws {
        if path.components.contains(where: { $0.string.utf8.starts(with: ".wh..wh.".utf8) && $0.string != ".wh..wh..opq" }) {
            self = .ignored
            return
        }
        guard let entry = path.lastComponent else { return nil }
        // As bytes: letters that join would make another character of the last dot.
        guard entry.string.utf8.starts(with: ".wh.".utf8) else { return nil }
        if entry.string == ".wh..wh..opq" {
            self = .opaque
        } else {
            let target = Self.rest(of: entry)
            guard let target, target.kind == .regular else {
                throw LaminaError(.unsafe, "\(name) has the whiteout '\(entry)', which names nothing in its folder")
            }
            self = .name(target)
        }
    }

    /// What follows the prefix, byte for byte.
    private static func rest(of entry: FilePath.Component) -> FilePath.Component? {
        entry.withPlatformString { FilePath(platformString: $0 + ".wh.".utf8.count) }.lastComponent
    }
}
