import Checksum
import Foundation
import LaminaErrors
import SystemPackage

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
        var status = stat()
        guard lstat(path.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(path)") }
        do {
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                add(name, "folder")
                for child in try FileManager.default.contentsOfDirectory(atPath: path.string).sorted() where !names.contains(child) {
                    try add("\(name)/\(child)", contentsOf: path.appending(child), excluding: names)
                }
            case S_IFLNK: add(name, "link to \(try FileManager.default.destinationOfSymbolicLink(atPath: path.string))")
            case S_IFREG:
                let data = try Data(contentsOf: URL(fileURLWithPath: path.string), options: .mappedIfSafe)
                add("\(name) \(status.st_mode & 0o111 != 0)", data)
            // Reading a pipe would wait without end; copies leave them out too.
            default: break
            }
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
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
