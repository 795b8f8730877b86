import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// The runtimes that a user has named by hand (`lamina runtime add`), by their identifiers.
public struct AddedRuntimes: Sendable, Hashable, Codable {
    public var runtimes: [String: AddedRuntime] = [:]

    /// The file: `runtimes.json` in `$LAMINA_CONFIG_DIR`, else in `$XDG_CONFIG_HOME/lamina`, else in `~/.config/lamina`.
    public static func file(environment: [String: String] = ProcessInfo.processInfo.environment) -> FilePath {
        if let named = environment["LAMINA_CONFIG_DIR"], !named.isEmpty { return FilePath(named).appending("runtimes.json") }
        if let xdg = environment["XDG_CONFIG_HOME"], xdg.hasPrefix("/") { return FilePath(xdg).appending("lamina/runtimes.json") }
        return FilePath(environment["HOME"] ?? "/").appending(".config/lamina/runtimes.json")
    }

    /// What the file holds; nothing where there is none.
    ///
    /// - Throws: ``LaminaError`` `corrupt`, naming the file, when it cannot be understood.
    public static func load(from file: FilePath = file()) throws -> AddedRuntimes {
        guard let data = FileManager.default.contents(atPath: file.string) else { return AddedRuntimes() }
        do {
            return try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw LaminaError(.corrupt, "\(file) is not a list of runtimes; mend or remove it", cause: error)
        }
    }

    /// Replaces the file as a whole.
    public func save(to file: FilePath = file()) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try FileManager.default.createDirectory(
                atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
            try encoder.encode(self).write(to: URL(fileURLWithPath: file.string), options: .atomic)
        } catch {
            throw LaminaError(.inputOutput, "cannot write \(file)", cause: error)
        }
    }

    public subscript(runtime: Runtime) -> AddedRuntime? {
        get { runtimes[runtime.identifier] }
        set { runtimes[runtime.identifier] = newValue }
    }
}

/// What a user has named for a runtime.
public enum AddedRuntime: Sendable, Hashable, Codable {
    /// A program of this machine, which may be another version than the runtime's.
    case interpreter(path: String, version: String)
    /// A root file system in a folder, and where it came from: an image's reference with its digest, or the folder itself.
    case image(folder: String, source: String)
}
