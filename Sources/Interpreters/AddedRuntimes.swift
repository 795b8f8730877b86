import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// The runtimes that a user has named by hand (`lamina runtime add`), by their identifiers.
public struct AddedRuntimes: Sendable, Hashable, Codable {
    public var runtimes: [String: AddedRuntime] = [:]

    public init() {}

    /// The file: `runtimes.json` in `$LAMINA_CONFIG_DIR`, else in `$XDG_CONFIG_HOME/lamina`, else in `~/.config/lamina`.
    public static func file(environment: [String: String] = ProcessInfo.processInfo.environment) -> FilePath {
        if let named = environment["LAMINA_CONFIG_DIR"], !named.isEmpty { return FilePath(named).appending("runtimes.json") }
        if let xdg = environment["XDG_CONFIG_HOME"], xdg.hasPrefix("/") { return FilePath(xdg).appending("lamina/runtimes.json") }
        return FilePath(environment["HOME"] ?? "/").appending(".config/lamina/runtimes.json")
    }

    /// What the file holds; nothing where there is none.
    ///
    /// - Throws: ``LaminaError`` `corrupt`, naming the file, when it cannot be understood, `inputOutput` when it cannot be read.
    public static func load(from file: FilePath = file()) throws -> AddedRuntimes {
        do {
            return try JSONDecoder().decode(Self.self, from: try Data(contentsOf: URL(fileURLWithPath: file.string)))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return AddedRuntimes()
        } catch let error as DecodingError {
            throw LaminaError(.corrupt, "\(file) is not a list of runtimes; mend or remove it", cause: error)
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(file)", cause: error)
        }
    }

    /// Changes what the file holds and replaces it as a whole, while no other process does.
    ///
    /// - Parameter change: What it throws leaves the file as it is.
    public static func update<T>(_ file: FilePath = file(), _ change: (inout AddedRuntimes) throws -> T) throws -> T {
        let folder = file.removingLastComponent()
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
        let lock = try FileLock(folder.appending(".runtimes.lock"), waits: true)
        defer { withExtendedLifetime(lock) {} }
        var added = try load(from: file)
        let result = try change(&added)
        try added.save(to: file)
        return result
    }

    private func save(to file: FilePath) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: file.string), options: .atomic)
        } catch {
            throw LaminaError(.inputOutput, "cannot write \(file)", cause: error)
        }
    }

    /// The program that a user has named for a runtime; nil where the finders have to look for one, or an image serves it.
    ///
    /// - Throws: ``LaminaError`` `corrupt` when the file cannot be understood, `toolMissing` when the program is gone since.
    public static func interpreter(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> FilePath? {
        guard case .interpreter(let path, _) = try load(from: file(environment: environment))[runtime] else { return nil }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw LaminaError(
                .toolMissing,
                "\(path), which was added as \(runtime), is no program any more; name another with 'lamina runtime add \(runtime) --interpreter PATH', or forget it with 'lamina runtime remove \(runtime)'"
            )
        }
        return FilePath(path)
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
    /// A root file system in a folder, and where it came from: an image's reference with its digest, or the folder itself. The version is
    /// that of its interpreter, nil where it tells none.
    case image(folder: String, source: String, version: String?)
}
