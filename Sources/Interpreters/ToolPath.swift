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
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init).filter { !$0.hasSuffix("/shims") }
        for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
            return FilePath(folder).appending(name)
        }
        throw LaminaError(.toolMissing, "\(name) is not installed: \(advice)")
    }
}
