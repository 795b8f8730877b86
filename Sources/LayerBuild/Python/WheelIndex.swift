import Foundation
import LayerCheck
import SystemPackage
import ZipArchive

/// What the check wants to know of a wheel's files, read once and kept beside it.
enum WheelIndex {
    /// Changes when ``ContentIndex`` learns to read more.
    private static let version = 3

    /// The index of a cached wheel by its own paths, made on first use.
    static func load(of wheel: ZipReader, folder: FilePath) async throws -> ContentIndex {
        let path = folder.appending("content-\(version).json")
        if let data = FileManager.default.contents(atPath: path.string),
            var index = try? JSONDecoder().decode(ContentIndex.self, from: data)
        {
            index.covered = Set(wheel.entries.map(\.path))
            return index
        }
        let index = try await ContentIndex(reading: wheel.entries.map { LayerFile($0, in: wheel) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(index)
        try await WholeFile.make(path) { try data.write(to: URL(fileURLWithPath: $0.string)) }
        return index
    }
}
