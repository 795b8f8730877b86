/// The Amazon Linux that a runtime stands on.
public enum OperatingSystem: String, Sendable, Hashable, Codable {
    case al2, al2023

    /// The minor version of its glibc 2.x.
    public var glibcMinor: Int {
        switch self {
        case .al2: 26
        case .al2023: 34
        }
    }

    public var displayName: String {
        switch self {
        case .al2: "Amazon Linux 2"
        case .al2023: "Amazon Linux 2023"
        }
    }
}
