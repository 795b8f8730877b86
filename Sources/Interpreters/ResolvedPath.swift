import Foundation
import SystemPackage

extension FilePath {
    /// The path without symbolic links; nil where nothing is.
    public var resolved: FilePath? {
        guard let path = realpath(string, nil) else { return nil }
        defer { free(path) }
        return FilePath(String(cString: path))
    }
}
