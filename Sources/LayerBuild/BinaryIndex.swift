import ELFFile
import Foundation
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// The ELF files of a zip, read once and kept beside it.
struct BinaryIndex: Codable, Sendable {
    /// Changes when ``ELFFile`` learns to read more.
    private static let version = 1

    private(set) var files: [String: ELFFile] = [:]
    /// Entries that begin as ELF files and cannot be read as such, with the reason.
    private(set) var unreadable: [String: String] = [:]

    /// The index of a cached zip, made on first use.
    static func load(of zip: ZipReader, folder: FilePath) async throws -> BinaryIndex {
        let path = folder.appending("binaries-\(version).json")
        if let data = FileManager.default.contents(atPath: path.string), let index = try? JSONDecoder().decode(Self.self, from: data) {
            return index
        }
        let index = try await BinaryIndex(zip)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(index)
        try await WholeFile.make(path) { try data.write(to: URL(fileURLWithPath: $0.string)) }
        return index
    }

    /// Reads every ELF file among the entries, on all cores.
    private init(_ zip: ZipReader) async throws {
        // A shared object of less than 64 bytes has no header; text by its usual names is passed over unread.
        let skipped: Set = ["py", "pyi", "txt", "json", "h", "pyc", "md", "html", "c", "pyx", "pxd", "f90", "csv"]
        let candidates = zip.entries.filter {
            $0.kind == .file && $0.size >= 64 && $0.size <= 1 << 30
                && !skipped.contains($0.path.split(separator: ".").last.map(String.init) ?? "")
        }.sorted { $0.size > $1.size }
        let queue = IndexQueue(count: candidates.count)
        let parts = try await withThrowingTaskGroup(of: [(String, Result<ELFFile, LaminaError>)].self) { group in
            for _ in 0..<min(availableCores(), candidates.count) {
                group.addTask {
                    let scratch = EntryScratch()
                    var found: [(String, Result<ELFFile, LaminaError>)] = []
                    while let index = queue.take() {
                        let entry = candidates[index]
                        try scratch.withContent(of: entry, in: zip) { bytes in
                            guard ELFFile.hasMagic(bytes) else { return }
                            found.append((entry.path, Result { () throws(LaminaError) in try Self.read(bytes) }))
                        }
                    }
                    return found
                }
            }
            var all: [(String, Result<ELFFile, LaminaError>)] = []
            for try await part in group { all += part }
            return all
        }
        for (path, result) in parts {
            switch result {
            case .success(let file): files[path] = file
            case .failure(let error): unreadable[path] = error.message
            }
        }
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(LaminaError) -> ELFFile {
        do {
            return try ELFFile(bytes)
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.corrupt, "cannot be read", cause: error)
        }
    }
}
