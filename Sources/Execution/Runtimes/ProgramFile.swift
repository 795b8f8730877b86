import ELFFile
import LambdaModel
import SystemPackage

/// A program that a function or a layer brings, judged before a sandbox starts it: what bubblewrap or a shell would say of it is not what
/// Lambda says, and they would have a shell try what is no program at all.
enum ProgramFile {
    /// What execve(2) says of a file that it cannot start.
    enum Problem: String, Sendable {
        case absent = "no such file or directory"
        case mode = "permission denied"
        case format = "exec format error"
    }

    /// Bytes by which Linux tells what a file is (`BINPRM_BUF_SIZE`).
    private static let beginning = 256

    /// - Parameter path: In the sandbox.
    static func problem(at path: String, in files: SandboxFiles) -> Problem? {
        guard let file = files.resolve(path), let status = FileStatus(file) else { return .absent }
        // The file's owner is root there.
        guard status.isFile, status.mode & 0o001 != 0 else { return .mode }
        guard let descriptor = try? FileDescriptor.open(file, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking]) else {
            return .mode
        }
        defer { try? descriptor.close() }
        let interpreter: String?
        do {
            interpreter = try self.interpreter(of: descriptor)
        } catch {
            return .format
        }
        guard let interpreter else { return nil }
        return files.resolve(interpreter) == nil ? .absent : nil
    }

    /// The program that a file is started by, if it names one.
    ///
    /// - Throws: For what is no program of this machine.
    private static func interpreter(of file: FileDescriptor) throws -> String? {
        let bytes = try read(file, 0, beginning)
        if bytes.starts(with: "#!".utf8) { return try scriptInterpreter(bytes) }
        let program = try ELFProgram { try read(file, $0, $1) }
        guard program.machine == .host else { throw NoProgram() }
        return program.interpreter
    }

    private struct NoProgram: Error {}

    private static func scriptInterpreter(_ bytes: [UInt8]) throws -> String {
        let line = bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let name = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            .prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != 0 }
        guard !name.isEmpty else { throw NoProgram() }
        return String(decoding: name, as: UTF8.self)
    }

    private static func read(_ file: FileDescriptor, _ offset: Int, _ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            let rest = UnsafeMutableRawBufferPointer(buffer)
            while read < count {
                let (position, overflow) = Int64(offset).addingReportingOverflow(Int64(read))
                guard !overflow else { return }
                let more = try file.read(fromAbsoluteOffset: position, into: UnsafeMutableRawBufferPointer(rebasing: rest[read...]))
                if more == 0 { return }
                read += more
            }
        }
    }
}

extension ELFFile.Machine {
    fileprivate static var host: Self { Architecture.host == .arm64 ? .arm64 : .x86_64 }
}
