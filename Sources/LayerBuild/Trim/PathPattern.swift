import LaminaErrors

/// A pattern of paths in a layer, as `.gitignore` has them: `*` and `?` stay inside a name, `**` crosses folders.
///
/// One without a slash matches a file or folder of that name anywhere; one with a slash counts from the layer's root. A slash at the
/// end has it match folders only. What lies below a matching folder matches too.
public struct PathPattern: Sendable, Hashable {
    public let text: String
    /// The names that are matched one after another; nil stands for any number of them.
    private let parts: [[Character]?]
    private let wantsFolder: Bool

    /// - Throws: ``LaminaError`` `invalidArgument` for a pattern that matches everything or nothing.
    public init(_ text: String) throws {
        self.text = text
        wantsFolder = text.hasSuffix("/")
        let trimmed = wantsFolder ? text.dropLast() : text[...]
        let names = trimmed.split(separator: "/").map { $0 == "**" ? nil : Array($0) }
        guard names.contains(where: { $0 != nil }), !names.contains(["."]), !names.contains([".", "."]) else {
            throw LaminaError(.invalidArgument, "'\(text)' is no pattern of paths in a layer: give one as in 'tests' or 'python/**/*.md'")
        }
        parts = trimmed.contains("/") ? names : [nil] + names
    }

    /// Whether a path, or a folder above it, matches.
    public func matches(_ path: String, isFolder: Bool = false) -> Bool {
        let names = path.split(separator: "/")
        return Self.match(parts[...], (wantsFolder && !isFolder ? names.dropLast() : names)[...])
    }

    private static func match(_ parts: ArraySlice<[Character]?>, _ names: ArraySlice<Substring>) -> Bool {
        guard let part = parts.first else { return true }
        guard let name = part else {
            return (names.startIndex...names.endIndex).contains { match(parts.dropFirst(), names[$0...]) }
        }
        guard let first = names.first, matchName(name[...], Array(first)[...]) else { return false }
        return match(parts.dropFirst(), names.dropFirst())
    }

    /// Matches one name, going back to the last star where the rest does not fit.
    private static func matchName(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
        var (pattern, name) = (pattern, name)
        var retry: (pattern: ArraySlice<Character>, name: ArraySlice<Character>)?
        while true {
            if pattern.first == "*" {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
            } else if let character = name.first, pattern.first == character || pattern.first == "?" {
                (pattern, name) = (pattern.dropFirst(), name.dropFirst())
            } else if pattern.isEmpty, name.isEmpty {
                return true
            } else if let last = retry, !last.name.isEmpty {
                retry = (last.pattern, last.name.dropFirst())
                (pattern, name) = (last.pattern, last.name.dropFirst())
            } else {
                return false
            }
        }
    }
}
