import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A file of /opt/extensions, which runs beside the runtime as a process of its own.
struct ExternalExtension: Sendable, Hashable {
    /// The file's name, by which it registers.
    var name: String
    /// Why the system will not start it; nil where that is to be seen.
    var flaw: Flaw?
    /// The program that a script names in its first line; nil for what is no script.
    var interpreter: String?

    enum Flaw: Sendable, Hashable {
        case notExecutable
        /// Neither a script nor a program for this machine.
        case unknownFormat
        /// There are more than Lambda runs.
        case tooMany
    }

    /// Where the sandbox sees it.
    var path: String { "/opt/extensions/\(name)" }

    /// What layers bring, by name.
    ///
    /// - Parameter layers: The folder that is /opt.
    static func find(in layers: FilePath) -> [ExternalExtension] {
        let folder = layers.appending("extensions")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted()
        let files = names.filter { name in
            var status = stat()
            return lstat(folder.appending(name).string, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
        }
        return files.enumerated().map { index, name in
            guard index < Limits.extensions else { return ExternalExtension(name: name, flaw: .tooMany) }
            return ExternalExtension(name, at: folder.appending(name))
        }
    }

    private init(name: String, flaw: Flaw) { (self.name, self.flaw) = (name, flaw) }

    private init(_ name: String, at file: FilePath) {
        self.name = name
        var status = stat()
        // A link may lead to what only the sandbox has.
        guard lstat(file.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        guard status.st_mode & 0o001 != 0 else {
            flaw = .notExecutable
            return
        }
        guard let beginning = try? Self.beginning(of: file) else { return }
        if beginning.starts(with: "#!".utf8) {
            let line = beginning.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
            interpreter = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.first.map {
                String(decoding: $0, as: UTF8.self)
            }
        } else if !Self.isForThisMachine(beginning) {
            flaw = .unknownFormat
        }
    }

    /// As much of a file as the system reads to tell what it is.
    private static func beginning(of file: FilePath) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        return try descriptor.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }

    /// Whether an ELF header's `e_machine`, two bytes at 18, is this machine's.
    private static func isForThisMachine(_ header: [UInt8]) -> Bool {
        guard header.count >= 20, header.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { return false }
        let machine = Int(header[18]) | Int(header[19]) << 8
        return machine == (Architecture.host == .arm64 ? 183 : 62)
    }
}

extension ExternalExtension.Flaw {
    /// `Error Type` of the log's EXTENSION line.
    var errorType: String {
        switch self {
        case .notExecutable: "PermissionDenied"
        case .unknownFormat: "UnknownError"
        case .tooMany: "TooManyExtensions"
        }
    }

    /// The fault of an invocation that needs the extension.
    func fault(_ path: String) -> InvocationFault {
        let reason =
            switch self {
            case .notExecutable: "fork/exec \(path): permission denied"
            case .unknownFormat: "fork/exec \(path): exec format error"
            case .tooMany: "ErrTooManyExtensions"
            }
        return .extensionFailure(errorType: "Extension.LaunchError", reason: reason)
    }
}

extension [ExternalExtension] {
    /// What the log tells of them, and the fault, where one of them cannot be started.
    var launchFailure: (states: [PlatformEvent], fault: InvocationFault)? {
        guard let first = first(where: { $0.flaw != nil }), let flaw = first.flaw else { return nil }
        let states = [PlatformEvent.extensionState(name: first.name, state: "LaunchError", events: [], errorType: flaw.errorType)]
        return (states, flaw.fault(first.path))
    }
}
