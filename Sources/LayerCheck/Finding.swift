/// One thing about a layer's content that Lambda would stumble over.
public struct Finding: Sendable, Hashable, Codable {
    public var code: FindingCode
    public var severity: Severity
    /// The file in the layer; empty for the layer as a whole.
    public var path: String
    /// What is wrong, in one line.
    public var reason: String
    /// What to do about it.
    public var fix: String
    /// What the finding is about, for programs: the library, symbol version, package or module.
    public var subject: String?

    public init(_ code: FindingCode, _ severity: Severity, path: String, subject: String? = nil, reason: String, fix: String) {
        self.code = code
        self.severity = severity
        self.path = path
        self.reason = reason
        self.fix = fix
        self.subject = subject
    }

    public enum Severity: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
        /// Worth knowing.
        case note
        /// May fail: in what few functions use, or where it depends on the code.
        case warning
        /// Fails on Lambda.
        case error

        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }
}

extension Sequence<Finding> {
    /// Errors first, then by path.
    public func sortedBySeverity() -> [Finding] {
        sorted { ($1.severity, $0.path, $0.code.rawValue, $0.reason) < ($0.severity, $1.path, $1.code.rawValue, $1.reason) }
    }
}
