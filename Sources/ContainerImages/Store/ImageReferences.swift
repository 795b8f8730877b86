import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// The lists of runtimes that refer to a store's images: a folder of links to them, since there may be one a configuration folder, and
/// whoever uses one of these does not know the others.
struct ImageReferences: Sendable {
    let folder: FilePath

    init(_ folder: FilePath) { self.folder = folder }

    /// Notes a list, before an image is in it.
    ///
    /// - Parameter list: The file of ``AddedRuntimes``, whose folder is there.
    func add(_ list: FilePath) throws {
        let list = list.absolute
        guard let name = list.lastComponent, let parent = list.removingLastComponent().resolved else {
            throw LaminaError(.inputOutput, "there is no folder of \(list)")
        }
        let place = parent.appending(name).string
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
        guard symlink(place, link(to: place).string) == 0 || errno == EEXIST else {
            throw LaminaError.system(errno, "cannot note in \(folder) that \(list) refers to images")
        }
    }

    /// The folders that runtimes run in by all lists that are there; those that have gone are forgotten.
    ///
    /// - Parameter own: A list that counts though it may not be noted.
    /// - Throws: ``LaminaError`` `corrupt` or `inputOutput` where a list cannot be read, as then nobody knows.
    func roots(_ own: FilePath = AddedRuntimes.file()) throws -> Set<FileIdentity> {
        var lists = [own]
        for name in access(folder.string, F_OK) == 0 ? try FileManager.default.contentsOfDirectory(atPath: folder.string) : [] {
            let link = folder.appending(name).string
            let list = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: link))
            if access(list.string, F_OK) != 0, errno == ENOENT {
                unlink(link)
            } else {
                lists.append(list)
            }
        }
        let runtimes = try lists.flatMap { try AddedRuntimes.load(from: $0).runtimes.values }
        return Set(
            runtimes.compactMap { runtime in
                guard case .image(let folder, _, _) = runtime else { return nil }
                return FileIdentity(FilePath(folder))
            })
    }

    private func link(to place: String) -> FilePath { folder.appending(SHA256Digest(of: place.utf8).hexadecimal) }
}
