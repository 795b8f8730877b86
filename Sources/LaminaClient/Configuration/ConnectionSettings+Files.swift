import Foundation
import LaminaErrors
import SystemPackage

extension ConnectionSettings {
    /// Reads the files that the environment names, else those below `~/.aws`.
    public static func load(
        _ flags: Flags, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> ConnectionSettings {
        let paths = paths(environment)
        return try ConnectionSettings(
            flags, environment: environment, config: try read(paths.config), credentials: try read(paths.credentials))
    }

    /// Where AWS's two files are.
    static func paths(_ environment: [String: String]) -> (config: String, credentials: String) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        func path(_ name: String, _ standard: String) -> String {
            guard let path = variable(name, environment) else { return "\(home)/.aws/\(standard)" }
            return path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
        }
        return (path("AWS_CONFIG_FILE", "config"), path("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
    }

    /// Nil where there is no such file.
    private static func read(_ path: String) throws -> String? {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
                defer { buffer.deallocate() }
                while case let count = try file.read(into: buffer), count > 0 { bytes += buffer[..<count] }
                return String(decoding: bytes, as: UTF8.self)
            }
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory, Errno.isDirectory {
            return nil
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot read \(path)")
        }
    }
}
