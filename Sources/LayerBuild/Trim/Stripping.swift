import ELFFile
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// Takes debug symbols out of a layer's binaries, and sees that they are still what they were.
struct Stripping: Sendable {
    let target: BuildTarget
    let cache: BuildCache
    private let tool: ExternalTool

    /// - Throws: ``LaminaError`` `toolMissing` when no strip for the architecture is there.
    init(target: BuildTarget, cache: BuildCache) throws {
        self.target = target
        self.cache = cache
        let own = target.architecture == .host ? ["strip"] : []
        let names = ["llvm-strip", "\(target.architecture.machineName)-linux-gnu-strip"] + own
        let found = names.lazy.compactMap { try? ToolPath.find($0, install: "") }.first
        guard let found else {
            throw LaminaError(
                .toolMissing,
                "no strip for \(target.architecture.rawValue) is installed: install llvm, or binutils-\(target.architecture.machineName.replacingOccurrences(of: "_", with: "-"))-linux-gnu"
            )
        }
        tool = ExternalTool(name: found.lastComponent?.string ?? "strip", executable: found)
    }

    /// - Returns: What went, if anything; and notes of files that are left as they were.
    func apply(to content: inout LayerContent) async throws -> (removed: BuildReport.Removed?, notes: [String]) {
        var removed = BuildReport.Removed(reason: "debug symbols", files: 0, size: 0)
        var notes: [String] = []
        let machine: ELFFile.Machine = target.architecture == .x86_64 ? .x86_64 : .arm64
        for position in content.entries.indices {
            let entry = content.entries[position]
            guard let binary = content.index.binaries[entry.path], binary.machine == machine else { continue }
            let stripped = try await strip(BinaryFile.extract(entry, cache: cache))
            let size = try FileManager.default.attributesOfItem(atPath: stripped.string)[.size] as? Int ?? 0
            guard size < entry.size else { continue }
            let changed = ZipContent(path: entry.path, isExecutable: entry.isExecutable, source: .file(stripped, size: size))
            guard try await ContentIndex(reading: [LayerFile(changed)]).binaries[entry.path] == binary, try Self.isAligned(stripped) else {
                notes.append("\(entry.path) is left as it was: stripped, it could not be loaded")
                continue
            }
            content.entries[position] = changed
            try InstalledRecords.update(entry.path, to: stripped, in: &content)
            removed.files += 1
            removed.size += entry.size - size
        }
        return (removed.files > 0 ? removed : nil, notes)
    }

    /// The stripped file, kept beside the one that it is of.
    private func strip(_ file: FilePath) async throws -> FilePath {
        let name = file.lastComponent?.string ?? ""
        let stripped = file.removingLastComponent().appending("\(tool.name)/\(name)")
        if BuildCache.exists(stripped) { return stripped }
        try await WholeFile.make(stripped) { partial in
            try await tool.run(["--strip-debug", "-o", partial.string, file.string], explaining: "\(name) cannot be stripped")
        }
        return stripped
    }

    /// Whether the loader can map the file: strip has been seen to misplace the segments of files that patchelf had changed.
    private static func isAligned(_ file: FilePath) throws -> Bool {
        try Data(contentsOf: URL(fileURLWithPath: file.string), options: .mappedIfSafe).withUnsafeBytes {
            try ELFFile.hasAlignedSegments($0)
        }
    }
}
