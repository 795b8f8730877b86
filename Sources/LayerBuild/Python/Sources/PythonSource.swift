import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// What a Python layer is built from, told by its file's name.
struct PythonSource: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        // In the order in which a folder's are taken: what pins more comes first.
        case uvLock = "uv.lock"
        case poetryLock = "poetry.lock"
        case pipfileLock = "Pipfile.lock"
        case pylock = "pylock.toml"
        case pyproject = "pyproject.toml"
        case requirements = "requirements.txt"
    }

    var kind: Kind
    var path: FilePath
    /// Whether the file was picked from a folder.
    var wasPicked = false

    /// - Parameter path: A file, or the folder of a project.
    /// - Throws: ``LaminaError`` `notFound` for what is not there, or a folder that has none of the files.
    init(_ path: FilePath) throws {
        let path = path.absolute
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), BuildCache.exists(path) else {
            throw LaminaError(.notFound, "\(path) does not exist or cannot be read")
        }
        guard isFolder.boolValue else {
            (self.kind, self.path) = (Self.kind(of: path.lastComponent?.string ?? ""), path)
            return
        }
        guard let kind = Kind.allCases.first(where: { BuildCache.exists(path.appending($0.rawValue)) }) else {
            let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw LaminaError(.notFound, "\(path) has none of \(names), which say what packages a Python layer has")
        }
        (self.kind, self.path, wasPicked) = (kind, path.appending(kind.rawValue), true)
    }

    private static func kind(of name: String) -> Kind {
        if name.hasPrefix("pylock."), name.hasSuffix(".toml") { return .pylock }
        return Kind(rawValue: name) ?? .requirements
    }

    var folder: FilePath { path.removingLastComponent() }

    /// Whether the file pins every package, so that no time makes it stale.
    var isLock: Bool { kind != .pyproject && kind != .requirements }
}
