import Foundation
import LayerCheck
import SystemPackage
import ZipArchive

/// A wheel's ELF files, read once and kept beside it.
enum WheelBinaries {
    /// Changes when `ELFFile` learns to read more.
    private static let version = 2

    /// The index of a cached zip by its own paths, made on first use.
    static func load(of zip: ZipReader, folder: FilePath) async throws -> BinaryIndex {
        let path = folder.appending("binaries-\(version).json")
        if let data = FileManager.default.contents(atPath: path.string),
            var index = try? JSONDecoder().decode(BinaryIndex.self, from: data)
        {
            index.covered = Set(zip.entries.map(\.path))
            return index
        }
        let index = try await BinaryIndex(zip)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(index)
        try await WholeFile.make(path) { try data.write(to: URL(fileURLWithPath: $0.string)) }
        return index
    }
}
