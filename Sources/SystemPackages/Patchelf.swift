import Checksum
import ELFFile
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// Changes what an ELF file says of itself and of the libraries that it needs, by the tool patchelf.
///
/// A result is kept in the cache by the hash of what it was made from, the edit and the tool's version; the same three give the same bytes.
package struct Patchelf: Sendable {
    private let tool: ExternalTool
    private let version: String
    private let cache: PackageCache

    /// - Throws: `LaminaError` `toolMissing` when patchelf is not installed.
    package init(cache: PackageCache) async throws {
        tool = try ExternalTool("patchelf", package: "patchelf")
        version = try await tool.output(["--version"], explaining: "cannot run patchelf")
        self.cache = cache
    }

    /// The edited file, whose place in the cache is returned; the given one stays as it is.
    ///
    /// - Parameters:
    ///   - file: An ELF file with a dynamic section.
    ///   - sha256: The file's hash where the caller knows it; else it is computed.
    /// - Throws: `LaminaError` `invalidArgument` for an edit that would not stay as it is meant; `toolFailed` with patchelf's explanation, or
    ///   where the edited file is not what the edit would have it be.
    package func apply(_ edit: ELFEdit, to file: FilePath, sha256: SHA256Digest? = nil) async throws -> FilePath {
        let calls = try edit.calls
        let source = try sha256 ?? Self.digest(file)
        let key = SHA256Digest(of: ([version] + calls.joined()).joined(separator: "\0").utf8)
        return try await cache.item("patchelf-\(key)", of: source) { target in
            do {
                try FileManager.default.copyItem(atPath: file.string, toPath: target.string)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: target.string)
            } catch {
                throw LaminaError(.inputOutput, "cannot copy \(file) into the cache", cause: error)
            }
            for arguments in calls {
                try await tool.run(arguments + [target.string], explaining: "patchelf cannot edit \(file)")
            }
            guard try Self.isSound(target, after: edit, of: file) else {
                throw LaminaError(.toolFailed, "\(version) breaks \(file) as it edits it: install a newer patchelf")
            }
        }
    }

    /// Whether the edit has changed what it should and nothing else: patchelf 0.14 has been seen to lose a file's symbol versions.
    private static func isSound(_ target: FilePath, after edit: ELFEdit, of source: FilePath) throws -> Bool {
        let before = try Data(contentsOf: URL(fileURLWithPath: source.string), options: .alwaysMapped)
        let after = try Data(contentsOf: URL(fileURLWithPath: target.string), options: .alwaysMapped)
        let original = try before.withUnsafeBytes { try ELFFile($0) }
        return after.withUnsafeBytes { bytes in
            guard let edited = try? ELFFile(bytes), (try? ELFFile.hasAlignedSegments(bytes)) == true else { return false }
            return edited == edit.applied(to: original)
        }
    }

    private static func digest(_ file: FilePath) throws -> SHA256Digest {
        do {
            return SHA256Digest(of: try Data(contentsOf: URL(fileURLWithPath: file.string), options: .alwaysMapped))
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(file)", cause: error)
        }
    }
}
