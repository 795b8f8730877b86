import Foundation
import Interpreters
import LayerCheck
import SystemPackage
import ZipArchive

/// What the check wants to know of the files of a package's zip, read once and kept beside it.
enum PackageIndex {
    /// Changes when ``ContentIndex`` learns to read more.
    private static let version = 6

    /// The index of a cached zip by its own paths, made on first use.
    static func load(of zip: ZipReader, folder: FilePath) async throws -> ContentIndex {
        let path = folder.appending("content-\(version).json")
        if let data = FileManager.default.contents(atPath: path.string),
            var index = try? JSONDecoder().decode(ContentIndex.self, from: data)
        {
            index.covered = Set(zip.entries.map(\.path))
            return index
        }
        let index = try await ContentIndex(reading: zip.entries.map { LayerFile($0, in: zip) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(index)
        try await WholeFile.make(path) { try data.write(to: URL(fileURLWithPath: $0.string)) }
        return index
    }
}
