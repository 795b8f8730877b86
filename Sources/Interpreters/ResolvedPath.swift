import Foundation
import SystemPackage

extension FilePath {
    /// The path without symbolic links; nil where nothing is.
    public var resolved: FilePath? {
        guard let path = realpath(string, nil) else { return nil }
        defer { free(path) }
        return FilePath(String(cString: path))
    }

    /// The path from the root, by the current folder.
    package var absolute: FilePath { FilePath(FileManager.default.currentDirectoryPath).resolve(string) }

    /// A path that is written in a file of this folder.
    package func resolve(_ path: String) -> FilePath {
        FilePath(path).isAbsolute ? FilePath(path) : pushing(FilePath(path)).lexicallyNormalized()
    }
}
