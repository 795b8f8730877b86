import Foundation
import Interpreters
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// What a language's own installer made, kept by a digest of all that it was made from: a zip whose entries later layers take over as
/// they are, and what is known of it.
struct ContentStore: Sendable {
    /// The folder of one such content.
    let folder: FilePath

    init(_ cache: BuildCache, key: String) { folder = cache.root.appending("installed/\(key.prefix(2))/\(key)") }

    /// What is known beside the files.
    struct Record: Codable, Sendable {
        var packages: [LayerContent.Package]
        /// What a user should know each time.
        var notes: [String]
    }

    private var archive: FilePath { folder.appending("content.zip") }
    private var record: FilePath { folder.appending("packages.json") }

    /// The content that is kept, with its files below a folder of the layer; nil where there is none.
    func load(into destination: String, _ progress: (BuildProgress) -> Void) async throws -> LayerContent? {
        guard let data = FileManager.default.contents(atPath: record.string),
            let record = try? JSONDecoder().decode(Record.self, from: data)
        else { return nil }
        for note in record.notes { progress(.note(note)) }
        let zip = try ZipReader(archive)
        let paths = Dictionary(uniqueKeysWithValues: zip.entries.map { ($0.path, "\(destination)/\($0.path)") })
        let entries = try zip.entries.map { entry in
            ZipContent(
                path: "\(destination)/\(entry.path)", isExecutable: entry.permissions & 0o111 != 0, source: try Self.source(entry, zip))
        }
        let index = try await PackageIndex.load(of: zip, folder: folder).renamed(paths)
        return LayerContent(entries: entries, packages: record.packages, index: index)
    }

    private static func source(_ entry: ZipEntry, _ zip: ZipReader) throws -> ZipContent.Source {
        switch entry.kind {
        case .symbolicLink: .symbolicLink(String(decoding: try zip.read(entry, limit: 4096), as: UTF8.self))
        case .directory: .directory
        default: .transplant(zip, entry)
        }
    }

    /// Keeps content, whose paths are those below its folder in a layer.
    func keep(_ entries: [ZipContent], packages: [LayerContent.Package], notes: [String] = []) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(Record(packages: packages, notes: notes))
        try await WholeFile.make(folder) { partial in
            try FileManager.default.createDirectory(atPath: partial.string, withIntermediateDirectories: true)
            _ = try await ZipWriter().write(entries, to: partial.appending(archive.lastComponent?.string ?? ""))
            try data.write(to: URL(fileURLWithPath: partial.appending(record.lastComponent?.string ?? "").string))
        }
    }
}
