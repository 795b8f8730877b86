import CLinux
import Foundation
import LaminaErrors
import SystemPackage

/// An overlay of folders that are only read, in this process's own mount namespace.
struct OverlayMount: Sendable {
    let path: FilePath

    /// - Parameters:
    ///   - folders: The topmost first; no two are the same.
    ///   - path: An empty folder that the mount may take.
    ///   - failure: What a failure means, such as `cannot merge 3 layers`.
    /// - Throws: ``LaminaError`` `inputOutput` with the failure.
    init(_ folders: [FilePath], at path: FilePath, explaining failure: String) throws {
        let lower = folders.map(Self.escaped).joined(separator: ":")
        guard clinux_mount_overlay(path.string, "lowerdir=\(lower)") == 0 else { throw LaminaError.system(errno, failure) }
        self.path = path
    }

    /// Those who use it already keep it until they end.
    func unmount() { _ = clinux_unmount(path.string) }

    /// A path in the mount's options, where ':' separates folders, and ',' options.
    private static func escaped(_ path: FilePath) -> String {
        path.string.reduce(into: "") { $0 += ["\\", ":", ","].contains($1) ? "\\\($1)" : String($1) }
    }
}
