import Checksum
import Foundation
import LaminaErrors
import SystemPackage
import ZipArchive

/// A running digest of what a result is made from, each part with its name, so that no two sets of parts are mistaken for one another.
struct InputDigest: ~Copyable {
    private var digest = MessageDigest(.sha256)

    /// - Parameter purpose: Says what is made of the parts, and changes when that is made differently.
    init(_ purpose: String) { add(purpose, "") }

    mutating func add(_ name: String, _ value: String) { add(name, Array(value.utf8)) }

    mutating func add(_ name: String, _ value: some Collection<UInt8>) {
        digest.update("\(name.utf8.count) \(name) \(value.count) ".utf8)
        digest.update(value)
    }

    /// Adds a file's bytes and whether it is executable, or all that a folder holds but for entries of some names.
    mutating func add(_ name: String, contentsOf path: FilePath, excluding names: Set<String> = []) throws {
        let item = try FolderWalk.Item(path, path: name)
        try add(item, as: name)
        guard item.kind == .directory else { return }
        for item in try FolderWalk(path, where: { !names.contains($0.name) }).items { try add(item, as: "\(name)/\(item.path)") }
    }

    private mutating func add(_ item: FolderWalk.Item, as name: String) throws {
        switch item.kind {
        case .directory: add(name, "folder")
        case .symbolicLink: add(name, "link to \(item.target ?? "")")
        case .file:
            do {
                let data = try Data(contentsOf: URL(fileURLWithPath: item.location.string), options: .mappedIfSafe)
                add("\(name) \(item.isExecutable)", data)
            } catch {
                throw LaminaError(.inputOutput, "cannot read \(item.location)", cause: error)
            }
        // Reading a pipe would wait without end; copies leave them out too.
        case .special: break
        }
    }

    /// Adds the variables of the environment whose names begin so.
    mutating func addEnvironment(prefixes: [String]) {
        for (name, value) in ProcessInfo.processInfo.environment.sorted(by: { $0.key < $1.key })
        where prefixes.contains(where: { name.lowercased().hasPrefix($0) }) {
            add(name, value)
        }
    }

    /// 64 hexadecimal digits. Call once.
    mutating func finish() -> String { SHA256Digest(finishing: &digest).hexadecimal }
}
