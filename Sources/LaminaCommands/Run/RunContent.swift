import Checksum
import Execution
import Foundation
import Interpreters
import LaminaClient
import LaminaErrors
import SystemPackage
import ZipArchive

/// A function's code or one of its layers, as it lies on this machine now.
struct RunContent: Sendable {
    /// Folders that are no part of a deployment package, wherever they are.
    static let passedOver: Set = [".git", ".venv", "__pycache__"]

    /// As the command line names it.
    let name: String
    let source: FunctionContent.Source
    /// Bytes of the zip; 0 for a folder.
    let size: Int
    /// The zip's; empty for a folder.
    let sha256: String
    let unzippedSize: Int
    /// The names of the files that are in no folder, sorted.
    let topFiles: [String]

    /// - Throws: ``LaminaError`` `notFound` where nothing is, `corrupt` for a file that is no zip, `invalidArgument` for an empty one.
    init(_ path: FilePath, name: String) throws {
        guard let place = path.resolved else { throw LaminaError(.notFound, "there is no file or folder \(name)") }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: place.string, isDirectory: &isFolder), isFolder.boolValue {
            try self.init(folder: place, name: name)
        } else {
            try self.init(zip: place, name: name, digest: nil)
        }
    }

    private init(folder: FilePath, name: String) throws {
        let items = try FolderWalk(folder, skipsUnreadable: true) { !Self.passedOver.contains($0.name) }.items
        self.name = name
        source = .folder(folder)
        (size, sha256) = (0, "")
        unzippedSize = items.reduce(0) { $0 + $1.size }
        topFiles = items.filter { !$0.path.contains("/") && $0.kind != .directory }.map(\.path)
    }

    /// - Parameter digest: The zip's, where it is known.
    init(zip: FilePath, name: String, digest: SHA256Digest?) throws {
        let reader: ZipReader
        do {
            reader = try ZipReader(zip)
        } catch let error as LaminaError where error.code == .corrupt {
            throw LaminaError(.corrupt, "\(name) is no zip that Lambda could unzip: give a zip or a folder", cause: error)
        }
        guard !reader.entries.isEmpty else {
            throw LaminaError(.invalidArgument, "\(name) is an empty zip, which Lambda does not take")
        }
        self.name = name
        size = reader.fileSize
        sha256 = try (digest ?? RememberedDigest().digest(of: zip)).hexadecimal
        source = .zip(zip, sha256: sha256)
        unzippedSize = reader.totalSize
        topFiles = reader.entries.map(\.path).filter { !$0.contains("/") }.sorted()
    }
}
