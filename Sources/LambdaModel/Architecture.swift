/// An instruction set architecture, by Lambda's name for it.
public enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
    case x86_64, arm64

    /// The architecture that this program was compiled for.
    public static var host: Architecture {
        #if arch(arm64)
        .arm64
        #else
        .x86_64
        #endif
    }

    /// The kernel's name (`uname -m`), which wheel tags and library folders use.
    public var machineName: String {
        switch self {
        case .x86_64: "x86_64"
        case .arm64: "aarch64"
        }
    }
}
