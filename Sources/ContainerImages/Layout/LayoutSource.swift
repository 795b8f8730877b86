import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// An image in a folder (OCI image specification, "Image Layout"), as umoci, skopeo and buildah write it.
struct LayoutSource: ImageSource {
    private static let referenceName = "org.opencontainers.image.ref.name"

    let name: String
    private let folder: FilePath
    private let tag: String?

    /// - Parameter operand: `DIR` or `DIR:TAG`.
    /// - Throws: ``LaminaError`` `notFound` where no such folder is, `invalidArgument` where it holds something else.
    init(_ operand: String) throws {
        let (path, tag) = Self.split(operand)
        (folder, self.tag) = (path.absolute, tag)
        name = "oci:\(folder)" + (tag.map { ":\($0)" } ?? "")
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.string, isDirectory: &isFolder), isFolder.boolValue else {
            throw LaminaError(.notFound, "there is no folder \(folder)")
        }
        guard FileManager.default.fileExists(atPath: folder.appending("oci-layout").string) else {
            throw LaminaError(.invalidArgument, "\(folder) is no OCI image layout: it has no file oci-layout")
        }
    }

    func manifest(for architecture: Architecture) async throws -> (bytes: [UInt8], digest: ImageDigest) {
        let index = try read(folder.appending("index.json"), limit: ManifestDocument.sizeLimit)
        guard case .index(let entries) = try ManifestDocument(index, name: name) else {
            throw LaminaError(.corrupt, "\(folder)/index.json is no list of images")
        }
        let entry = try entry(of: entries, architecture).bounded(ManifestDocument.sizeLimit, "manifest")
        return (try await manifest(entry), entry.digest)
    }

    func manifest(_ descriptor: Descriptor) async throws -> [UInt8] {
        try read(await blob(descriptor) { _ in }, limit: ManifestDocument.sizeLimit)
    }

    func blob(_ descriptor: Descriptor, progress: @escaping @Sendable (Int) -> Void) async throws -> FilePath {
        let path = folder.appending("blobs/sha256/\(descriptor.digest.sha256.hexadecimal)")
        guard FileManager.default.fileExists(atPath: path.string) else {
            throw LaminaError(.notFound, "\(name) lacks the blob \(descriptor.digest)")
        }
        let found = try FileDigest(of: path)
        guard found.digest == descriptor.digest, found.size == descriptor.size else {
            throw LaminaError(
                .hashMismatch,
                "\(path) has the digest \(found.digest) and \(found.size) bytes, but \(descriptor.digest) and \(descriptor.size) are expected"
            )
        }
        progress(found.size)
        return path
    }

    /// The image of the tag, else the only one, else that of the architecture.
    private func entry(of entries: [Descriptor], _ architecture: Architecture) throws -> Descriptor {
        let names = Set(entries.compactMap { $0.annotations?[Self.referenceName] }).sorted()
        if let tag {
            let tagged = entries.filter { $0.annotations?[Self.referenceName] == tag }
            guard let first = tagged.first else {
                throw LaminaError(
                    .notFound, "\(folder) has no image '\(tag)'\(names.isEmpty ? "" : ", but \(names.joined(separator: ", "))")")
            }
            return tagged.count == 1 ? first : try PlatformChoice(architecture, name: name).entry(of: tagged)
        }
        guard let first = entries.first else { throw LaminaError(.notFound, "\(folder) has no image") }
        guard names.count < 2 else {
            throw LaminaError(
                .invalidArgument,
                "\(folder) has several images; add one's name, as in \(folder):\(names[0]): \(names.joined(separator: ", "))")
        }
        return entries.count == 1 ? first : try PlatformChoice(architecture, name: name).entry(of: entries)
    }

    private func read(_ path: FilePath, limit: Int) throws -> [UInt8] {
        guard FileDigest.size(of: path) <= limit else { throw LaminaError(.limitExceeded, "\(path) has more than \(limit) bytes") }
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
        }
    }

    /// A folder's own name may have a colon.
    private static func split(_ operand: String) -> (FilePath, String?) {
        guard !FileManager.default.fileExists(atPath: operand), let colon = operand.lastIndex(of: ":"),
            case let tag = operand[operand.index(after: colon)...], !tag.isEmpty
        else { return (FilePath(operand), nil) }
        let folder = String(operand[..<colon])
        return FileManager.default.fileExists(atPath: folder) ? (FilePath(folder), String(tag)) : (FilePath(operand), nil)
    }
}
