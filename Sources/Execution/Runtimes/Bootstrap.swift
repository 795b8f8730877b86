import ELFFile
import Foundation
import LambdaModel
import SystemPackage

/// The program of OS-only runtimes, which a function or a layer brings.
///
/// It is judged before a sandbox starts it: what that would say of it is the sandbox's words, not AWS's, and it would have a shell try
/// what is no program at all.
enum Bootstrap {
    private static let paths = ["/var/task/bootstrap", "/opt/bootstrap"]

    /// The path in the sandbox: the first that is no folder.
    ///
    /// - Throws: ``InvalidEntrypoint`` with what execve(2) would say of a file that it cannot start.
    static func find(in files: SandboxFiles) throws(InvalidEntrypoint) -> String {
        for path in paths {
            guard let file = files.resolve(path), let status = FileStatus(file), !status.isFolder else { continue }
            if let problem = problem(of: file, status, files) {
                throw InvalidEntrypoint(reason: "fork/exec \(path): \(problem.rawValue)")
            }
            return path
        }
        throw InvalidEntrypoint(reason: "Couldn't find valid bootstrap(s): [\(paths.joined(separator: " "))]")
    }

    private enum Problem: String {
        case mode = "permission denied"
        case format = "exec format error"
        case interpreter = "no such file or directory"
    }

    private static func problem(of file: FilePath, _ status: FileStatus, _ files: SandboxFiles) -> Problem? {
        // The file's owner is root there.
        guard status.isFile, status.mode & 0o001 != 0 else { return .mode }
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: file.string), options: .alwaysMapped) else { return .mode }
        let interpreter: String?
        if bytes.starts(with: Array("#!".utf8)) {
            interpreter = scriptInterpreter(bytes)
            if interpreter == nil { return .format }
        } else {
            guard let program = bytes.withUnsafeBytes({ try? ELFFile($0) }), program.machine == .host else { return .format }
            interpreter = program.interpreter
        }
        guard let interpreter else { return nil }
        return files.resolve(interpreter) == nil ? .interpreter : nil
    }

    /// The program behind `#!`, as the kernel reads it from the first 256 bytes.
    private static func scriptInterpreter(_ bytes: Data) -> String? {
        let line = bytes.prefix(256).dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let name = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            .prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != 0 }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
}

extension ELFFile.Machine {
    fileprivate static var host: Self { Architecture.host == .arm64 ? .arm64 : .x86_64 }
}
