import Foundation
import LaminaErrors
import SystemPackage

/// Programs that Lamina calls, found as a shell would.
public enum ToolPath {
    /// The program of that name: from the environment variable `LAMINA_<NAME>`, or on PATH.
    ///
    /// - Throws: ``LaminaError`` `toolMissing`, saying how to install it.
    public static func find(
        _ name: String, install advice: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> FilePath {
        if let named = environment["LAMINA_\(name.uppercased())"] {
            guard FileManager.default.isExecutableFile(atPath: named) else {
                throw LaminaError(.toolMissing, "LAMINA_\(name.uppercased()) names \(named), which is not a program")
            }
            return FilePath(named)
        }
        let programs = folders(of: environment).map { $0.appending(name) }
        if let program = programs.first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }) { return program }
        throw LaminaError(.toolMissing, "\(name) is not installed: \(advice)")
    }

    /// The folders of PATH without the shims of version managers, since what these start depends on the current folder.
    static func folders(of environment: [String: String]) -> [FilePath] {
        (environment["PATH"] ?? "").split(separator: ":").filter { !$0.hasSuffix("/shims") }.map { FilePath(String($0)) }
    }
}
