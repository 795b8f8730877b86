import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// Turns a requirements file into a lock, and remembers it.
struct PythonResolver: Sendable {
    /// How long a remembered lock is taken as it is.
    static let freshness: TimeInterval = 24 * 60 * 60

    let cache: BuildCache
    let target: PythonTarget
    var upgrade = false
    var offline = false

    /// The lock, and whether it was at hand.
    struct Resolution: Sendable {
        var lock: PythonLock
        var isRemembered: Bool
    }

    /// Resolves for the target platform, unless the same inputs were resolved within a day.
    ///
    /// A `pylock.toml` is taken as it is.
    func resolve(_ source: FilePath) async throws -> Resolution {
        guard BuildCache.exists(source) else { throw LaminaError(.notFound, "\(source) does not exist or cannot be read") }
        if Self.isLock(source) { return Resolution(lock: try PythonLock(contentsOf: source), isRemembered: true) }
        let path = cache.lock(key: try key(of: source))
        if !upgrade, isFresh(path), let lock = try? PythonLock(contentsOf: path) { return Resolution(lock: lock, isRemembered: true) }

        // uv reads an existing output file as preferences and wants its name, hence a folder of its own at the same depth.
        let folder = path.removingLastComponent()
        let temporary = folder.removingLastComponent().appending(".\(UUID().uuidString).partial")
        try FileManager.default.createDirectory(atPath: temporary.string, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: temporary.string) }
        let mayBuild = target.architecture == .host
        let output = temporary.appending("pylock.toml")
        try await UV().compile(source, for: target, to: output, mayBuild: mayBuild, offline: offline)
        let lock = try PythonLock(contentsOf: output)
        try await WholeFile.make(path) { partial in
            guard rename(output.string, partial.string) == 0 else { throw LaminaError.system(errno, "cannot store the lock") }
        }
        return Resolution(lock: lock, isRemembered: false)
    }

    static func isLock(_ source: FilePath) -> Bool {
        let name = source.lastComponent?.string ?? ""
        return name == "pylock.toml" || name.hasPrefix("pylock.") && name.hasSuffix(".toml")
    }

    private func isFresh(_ path: FilePath) -> Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path.string),
            let modified = attributes[.modificationDate] as? Date
        else { return false }
        return offline || Date().timeIntervalSince(modified) < Self.freshness
    }

    /// A digest of all that the resolution depends on: the file and those it includes, the target, and the settings of uv.
    private func key(of source: FilePath) throws -> String {
        var digest = MessageDigest(.sha256)
        digest.update("v1\0\(target.runtime)\0\(target.architecture.rawValue)\0\(source)\0".utf8)
        for (name, value) in ProcessInfo.processInfo.environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("UV_") {
            digest.update("\(name)=\(value)\0".utf8)
        }
        var seen: Set<FilePath> = []
        try update(&digest, with: source, &seen)
        return SHA256Digest(finishing: &digest).hexadecimal
    }

    private func update(_ digest: inout MessageDigest, with path: FilePath, _ seen: inout Set<FilePath>) throws {
        guard seen.insert(path).inserted else { return }
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path.string))
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
        digest.update(bytes)
        digest.update([0])
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let included = Self.includedFile(line) else { continue }
            try update(&digest, with: path.removingLastComponent().pushing(FilePath(included)).lexicallyNormalized(), &seen)
        }
    }

    /// The file that a line of a requirements file includes: `-r`, `-c` and their long forms.
    private static func includedFile(_ line: Substring) -> String? {
        let line = line.trimmingCharacters(in: .whitespaces)
        for option in ["--requirement", "--constraint", "-r", "-c"] where line.hasPrefix(option) {
            let rest = line.dropFirst(option.count).drop { $0 == " " || $0 == "=" }
            let name = rest.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            return name.contains("://") || name.isEmpty ? nil : name
        }
        return nil
    }
}
