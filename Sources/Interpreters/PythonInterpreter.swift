import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A CPython on this machine that can stand for a Lambda runtime's.
public struct PythonInterpreter: Sendable, Hashable {
    /// The minor version of Python 3.
    public let minor: Int
    /// The folder that Lambda has at /var/lang: it holds `bin/python3.N` and `lib/python3.N`.
    public let prefix: FilePath

    /// The program inside ``prefix``.
    public var executable: FilePath { prefix.appending("bin/python3.\(minor)") }

    /// A short text that changes when the interpreter does: its program's size and time of change.
    public var fingerprint: String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: executable.string)
        let size = attributes?[.size] as? Int ?? 0
        let modified = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(size)-\(Int(modified))"
    }
}

extension PythonInterpreter {
    /// The minor versions that Lambda has had, newest first.
    public static let minorVersions = Array((8...14).reversed())

    /// Finds the interpreter of a Python runtime: the one that was added by hand, else in pyenv's and uv's own folders, else on PATH.
    ///
    /// pyenv's shims are passed over, since what they start depends on the current folder.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when there is none, saying how to get it, `unsupported` for another language's runtime.
    public static func find(for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Self {
        guard let minor = runtime.pythonMinor else {
            throw LaminaError(.unsupported, "\(runtime) is no Python runtime")
        }
        if let added = try AddedRuntimes.interpreter(for: runtime, environment: environment) { return try Self(executable: added) }
        guard let found = find(minor: minor, environment: environment) else {
            throw InterpreterSearch(runtime: runtime, environment: environment, answers: InterpreterAnswers()).missing([])
        }
        return found
    }

    /// - Parameter executable: Such as `/usr/bin/python3.11`, or a link to it.
    /// - Throws: ``LaminaError`` `invalidArgument` where the program's name does not tell its version.
    init(executable: FilePath) throws {
        let program = executable.resolved ?? executable
        guard let name = program.lastComponent?.string, name.hasPrefix("python3."), let minor = Int(name.dropFirst("python3.".count)) else {
            throw LaminaError(
                .invalidArgument, "\(executable) is not called as Pythons are, python3.N; name it with 'lamina runtime add' again")
        }
        self.init(minor: minor, prefix: program.removingLastComponent().removingLastComponent())
    }

    /// The interpreter of one minor version, if the machine has it.
    public static func find(minor: Int, environment: [String: String] = ProcessInfo.processInfo.environment) -> Self? {
        candidates(minor: minor, environment).lazy.map { PythonInterpreter(minor: minor, prefix: $0) }
            .first { interpreter in
                FileManager.default.isExecutableFile(atPath: interpreter.executable.string)
                    && FileManager.default.fileExists(atPath: interpreter.prefix.appending("lib/python3.\(minor)/os.py").string)
            }
    }

    /// All interpreters of Lambda's versions on this machine, newest first.
    public static func all(environment: [String: String] = ProcessInfo.processInfo.environment) -> [Self] {
        minorVersions.compactMap { find(minor: $0, environment: environment) }
    }

    private static func candidates(minor: Int, _ environment: [String: String]) -> [FilePath] {
        let home = environment["HOME"] ?? "/"
        let pyenv = FilePath(environment["PYENV_ROOT"] ?? "\(home)/.pyenv").appending("versions")
        let uv = FilePath(environment["UV_PYTHON_INSTALL_DIR"] ?? "\(home)/.local/share/uv/python")
        let installed =
            InterpreterSearch.versions(in: pyenv, prefix: "3.\(minor).")
            + InterpreterSearch.versions(in: uv, prefix: "cpython-3.\(minor).")
        let onPath = ToolPath.folders(of: environment).compactMap { folder in
            folder.appending("python3.\(minor)").resolved.map { $0.removingLastComponent().removingLastComponent() }
        }
        return installed + onPath
    }
}
