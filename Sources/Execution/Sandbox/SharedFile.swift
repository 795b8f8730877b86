import Foundation
import LaminaErrors
import SystemPackage

/// Files and folders of this machine that every sandbox reads, whoever it runs as: open to all, whatever this process's umask is.
enum SharedFile {
    /// Makes a folder, those above it too, and opens it.
    static func makeFolder(_ path: FilePath) throws {
        do {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(path)", cause: error)
        }
        guard chmod(path.string, 0o755) == 0 else { throw LaminaError.system(errno, "cannot open the folder \(path) to sandboxes") }
    }

    /// Makes a file have a text, whole or not at all. One that has it already is not written: a server on a full disk is to start.
    static func write(_ text: String, to path: FilePath) throws {
        if (try? String(contentsOfFile: path.string, encoding: .utf8)) != text {
            do {
                try text.write(toFile: path.string, atomically: true, encoding: .utf8)
            } catch {
                throw LaminaError(.inputOutput, "cannot write \(path)", cause: error)
            }
        }
        guard chmod(path.string, 0o644) == 0 else { throw LaminaError.system(errno, "cannot open \(path) to sandboxes") }
    }
}
