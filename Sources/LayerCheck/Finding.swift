/// One thing about a layer's content that Lambda would stumble over.
public struct Finding: Sendable, Hashable, Codable {
    public var code: Code
    public var severity: Severity
    /// The file in the layer.
    public var path: String
    /// What is wrong, in one line.
    public var reason: String
    /// What to do about it.
    public var fix: String

    public init(_ code: Code, _ severity: Severity, path: String, reason: String, fix: String) {
        self.code = code
        self.severity = severity
        self.path = path
        self.reason = reason
        self.fix = fix
    }

    public enum Severity: String, Sendable, Hashable, Codable {
        case warning, error
    }

    public enum Code: String, Sendable, Hashable, Codable {
        /// A needed shared library that neither the layer nor the system has.
        case missingLibrary = "missing-library"
        /// A needed shared library that the image has and Lambda may not.
        case unreliableLibrary = "unreliable-library"
        /// Machine code of another architecture.
        case wrongArchitecture = "wrong-architecture"
        /// A symbol version of a newer C library than the runtime's.
        case glibcTooNew = "glibc-too-new"
        case unreadableBinary = "unreadable-binary"
    }
}
