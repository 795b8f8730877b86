import Foundation
import SystemPackage

/// The user's cache folder, shared by builds and servers.
public enum CacheFolder {
    /// `$LAMINA_CACHE_DIR`, else `$XDG_CACHE_HOME/lamina`, else `~/.cache/lamina`.
    public static func path(environment: [String: String] = ProcessInfo.processInfo.environment) -> FilePath {
        if let named = environment["LAMINA_CACHE_DIR"], !named.isEmpty { return FilePath(named) }
        if let xdg = environment["XDG_CACHE_HOME"], xdg.hasPrefix("/") { return FilePath(xdg).appending("lamina") }
        return FilePath(environment["HOME"] ?? "/tmp").appending(".cache/lamina")
    }
}
