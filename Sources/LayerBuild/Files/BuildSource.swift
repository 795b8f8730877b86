import LaminaErrors
import SystemPackage

/// A source of a layer as a user names it: a path, and where in the layer it goes when it goes there as it lies.
public struct BuildSource: Sendable, Hashable {
    public var path: FilePath
    /// The layer's folder for the source as it lies, without slashes at its ends; empty for the layer's root. Nil leaves it to what the
    /// source is.
    public var destination: String?

    public init(_ path: FilePath, destination: String? = nil) {
        self.path = path
        self.destination = destination
    }

    /// Parses `PATH` or `PATH=FOLDER`. The last `=` counts, so a path that has one itself is written with another behind it: `a=b=`.
    ///
    /// - Throws: ``LaminaError`` `invalidArgument` for a folder that is none of a layer.
    public init(parsing text: String) throws {
        guard let sign = text.lastIndex(of: "=") else {
            path = FilePath(text)
            return
        }
        path = FilePath(String(text[..<sign]))
        guard !path.isEmpty else { throw LaminaError(.invalidArgument, "'\(text)' names no path before the '='") }
        let folder = text[text.index(after: sign)...]
        if !folder.isEmpty { destination = try Self.destination(folder, of: text) }
    }

    private static func destination(_ folder: Substring, of text: String) throws -> String {
        guard !folder.hasPrefix("/") else {
            throw LaminaError(
                .invalidArgument,
                "'\(text)' names a folder from the root; name it as the layer has it: what Lambda has at /opt/bin is 'bin'")
        }
        let parts = folder.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { throw LaminaError(.invalidArgument, "'\(text)' names a folder outside the layer") }
        return parts.joined(separator: "/")
    }

    /// What a user would type for the same path in another folder of the layer.
    func spelled(into folder: String) -> String { "\(path)=\(folder)" }
}
