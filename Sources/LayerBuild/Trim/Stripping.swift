import ELFFile
import Foundation
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// Takes debug symbols out of a layer's binaries, and sees that they are still what they were.
struct Stripping: Sendable {
    private let target: BuildTarget
    private let cache: BuildCache
    private let tool: StripTool

    /// - Throws: ``LaminaError`` `toolMissing` when no strip for the architecture is there.
    init(target: BuildTarget, cache: BuildCache) async throws {
        self.target = target
        self.cache = cache
        tool = try await StripTool(for: target.architecture, cache: cache)
    }

    /// - Returns: What went, if anything; and notes of files that are left as they were.
    func apply(to content: inout LayerContent) async throws -> (removed: BuildReport.Removed?, notes: [String]) {
        var removed = BuildReport.Removed(reason: "debug symbols", files: 0, size: 0)
        var notes: [String] = []
        let machine: ELFFile.Machine = target.architecture == .x86_64 ? .x86_64 : .arm64
        try await content.readAll()
        for position in content.entries.indices {
            let entry = content.entries[position]
            guard let binary = content.index.binaries[entry.path], binary.machine == machine else { continue }
            switch try await strip(entry, binary) {
            case .nothing: continue
            case .impossible(let reason): notes.append("\(entry.path) is left as it was: \(reason)")
            case .stripped(let changed, let file):
                content.entries[position] = changed
                try InstalledRecords.update(entry.path, to: file, in: &content)
                removed.files += 1
                removed.size += entry.size - changed.size
            }
        }
        return (removed.files > 0 ? removed : nil, notes)
    }

    private enum Outcome {
        case stripped(ZipContent, FilePath)
        /// There are no debug symbols.
        case nothing
        case impossible(reason: String)
    }

    private func strip(_ entry: ZipContent, _ binary: ELFFile) async throws -> Outcome {
        let file = try await BinaryFile(entry, cache: cache)
        let stripped: FilePath
        do {
            guard try !Self.bytes(of: file.path, ELFFile.hasTrailingData) else {
                return .impossible(reason: "it has data behind its end, which strip would cut off")
            }
            stripped = try await tool.strip(file)
        } catch let error as LaminaError where error.code == .toolFailed || error.code == .corrupt {
            return .impossible(reason: "strip cannot read it (\(error.message))")
        }
        let size = try FileManager.default.attributesOfItem(atPath: stripped.string)[.size] as? Int ?? 0
        guard size < entry.size else { return .nothing }
        let changed = ZipContent(path: entry.path, isExecutable: entry.isExecutable, source: .file(stripped, size: size))
        // strip has been seen to misplace the segments of files that patchelf had changed.
        guard try await ContentIndex(reading: [LayerFile(changed)]).binaries[entry.path] == binary,
            try Self.bytes(of: stripped, ELFFile.hasAlignedSegments)
        else { return .impossible(reason: "stripped, it could not be loaded") }
        return .stripped(changed, stripped)
    }

    private static func bytes(of file: FilePath, _ test: (UnsafeRawBufferPointer) throws -> Bool) throws -> Bool {
        try Data(contentsOf: URL(fileURLWithPath: file.string), options: .alwaysMapped).withUnsafeBytes(test)
    }
}
