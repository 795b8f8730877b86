import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import Subprocess
import SystemPackage

/// The program that takes debug symbols out of an architecture's binaries.
///
/// A result is kept in the cache by the hash of what it was made from and the program's version.
struct StripTool: Sendable {
    private let executable: FilePath
    private let version: String
    private let cache: BuildCache

    /// binutils' comes first: LLVM's has been seen to break most files that patchelf had changed, as the libraries of wheels are.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` where there is none for the architecture.
    init(for architecture: Architecture, cache: BuildCache) async throws {
        let own = architecture == .host ? ["strip"] : []
        let names = ["\(architecture.machineName)-linux-gnu-strip"] + own + ["llvm-strip"]
        guard let found = names.lazy.compactMap({ try? ToolPath.find($0, install: "") }).first else {
            let package = "binutils-\(architecture.machineName.replacing("_", with: "-"))-linux-gnu"
            throw LaminaError(
                .toolMissing,
                "no strip for \(architecture.rawValue) is installed: apt-get install \(architecture == .host ? "binutils" : package), or llvm"
            )
        }
        executable = found
        self.cache = cache
        let result = try await Subprocess.run(
            .path(found), arguments: ["--version"], output: .string(limit: 1 << 16), error: .discarded)
        guard result.terminationStatus.isSuccess else { throw LaminaError(.toolFailed, "cannot run \(found)") }
        version = result.standardOutput
    }

    /// The stripped file, whose place in the cache is returned; the given one stays as it is.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with strip's own explanation.
    func strip(_ file: BinaryFile) async throws -> FilePath {
        let name = file.path.lastComponent?.string ?? ""
        let key = SHA256Digest(of: version.utf8).hexadecimal.prefix(16)
        let stripped = cache.folder(ofHash: file.sha256.hexadecimal).appending("stripped-\(key)/\(name)")
        if BuildCache.exists(stripped) { return stripped }
        try await WholeFile.make(stripped) { partial in
            let result = try await Subprocess.run(
                .path(executable), arguments: ["--strip-debug", "-o", partial.string, file.path.string],
                environment: .inherit.updating(["LC_ALL": "C"]), output: .discarded, error: .string(limit: 1 << 16))
            guard result.terminationStatus.isSuccess else {
                let reason = result.standardError.split(separator: ": ").last ?? "it gives no reason"
                throw LaminaError(.toolFailed, reason.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        return stripped
    }
}
