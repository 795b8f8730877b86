import Foundation
import LaminaErrors
import SystemPackage

/// The store's folder: trees by their hash, a lock beside each, and what is on its way in or out.
extension UnpackedStore {
    /// The file that says since when the machine has run.
    static let boot = "boot.id"
    private static let suffix = ".partial"

    static func partial(in root: FilePath) -> FilePath { root.appending(UUID().uuidString + suffix) }

    /// Makes the folder, and empties one from before the machine last started: trees are not synced.
    static func makeRoot(_ root: FilePath) throws {
        do {
            try FileManager.default.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(root)", cause: error)
        }
        chmod(root.string, 0o700)
        guard let lock = try TreeLock(root.appending("start.id"), isShared: false, waits: true) else { return }
        defer { withExtendedLifetime(lock) {} }
        let id = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        let mark = root.appending(boot).string
        guard id.isEmpty || (try? String(contentsOfFile: mark, encoding: .utf8)) != id else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: root.string) where name != "start.id" {
            _ = discard(root.appending(name), in: root)
        }
        try id.write(toFile: mark, atomically: true, encoding: .utf8)
    }

    /// Removes a file or a tree, aside: under another name first, so that what a crash leaves of it is no tree.
    ///
    /// - Returns: Whether it is gone from its name.
    static func discard(_ path: FilePath, in root: FilePath) -> Bool {
        let doomed = partial(in: root).string
        guard rename(path.string, doomed) == 0 else { return errno == ENOENT }
        DispatchQueue.global().async { try? FileManager.default.removeItem(atPath: doomed) }
        return true
    }

    /// What a crash left.
    func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root.string)) ?? [] where name.hasSuffix(Self.suffix) {
            let path = root.appending(name)
            let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
            if let made = attributes?[.modificationDate] as? Date, made.timeIntervalSinceNow < -3600 { _ = Self.discard(path, in: root) }
        }
    }

    func unpackedTrees() -> [(sha256: String, size: Int, lastUse: Date)] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.string)) ?? []).compactMap { name in
            guard name.hasSuffix(".lock") else { return nil }
            let path = root.appending(name).string
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let lastUse = attributes?[.modificationDate] as? Date else { return nil }
            let size = (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0) } ?? 0
            return (String(name.dropLast(5)), size, lastUse)
        }
    }
}
