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
    /// What of a folder the user of a sandbox cannot read, if anything. A zip is as Lambda has it.
    let closed: FolderWalk.Item?

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
        // Without root, a sandbox's user is this one.
        closed = geteuid() == 0 ? items.first(where: \.isClosed) : nil
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
        closed = nil
    }

    /// What to tell of a folder that functions cannot read all of.
    var warning: String? {
        closed.map {
            "warning: \(name)/\($0.path) has mode \(String($0.permissions, radix: 8)), and functions run as a user of their own: chmod -R go+rX \(name)"
        }
    }
}

extension FolderWalk.Item {
    /// Whether only its owner, or its group, can read it.
    fileprivate var isClosed: Bool {
        switch kind {
        case .directory: permissions & 0o005 != 0o005
        case .file: permissions & 0o004 == 0
        case .symbolicLink, .special: false
        }
    }
}
