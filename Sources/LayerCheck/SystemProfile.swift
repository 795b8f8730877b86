import LambdaModel

/// The shared libraries that one of Lambda's operating systems has, from a list of its library folders.
public struct SystemProfile: Sendable {
    /// How far a library can be counted on.
    public enum Level: Sendable, Hashable {
        case guaranteed
        /// In the container image, yet reported absent from Lambda itself.
        case unreliable
        case absent
    }

    public let operatingSystem: OperatingSystem
    private let libraries: Set<String>

    /// Nil where no list of the system's libraries is at hand.
    public init?(_ operatingSystem: OperatingSystem, _ architecture: Architecture) {
        let list: [UInt8]
        switch (operatingSystem, architecture) {
        case (.al2, .x86_64): list = PackageResources.al2_x86_64_txt
        case (.al2023, .x86_64): list = PackageResources.al2023_x86_64_txt
        case (.al2023, .arm64): list = PackageResources.al2023_arm64_txt
        case (.al2, .arm64): return nil
        }
        self.operatingSystem = operatingSystem
        libraries = Set(String(decoding: list, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init))
    }

    /// The level of a library by its soname.
    public func level(of soname: String) -> Level {
        guard libraries.contains(soname) else { return .absent }
        return Self.unreliable.contains { soname.hasPrefix($0 + ".so") } ? .unreliable : .guaranteed
    }

    private static let unreliable = [
        "libgcrypt", "libassuan", "libgobject-2.0", "libgpg-error", "libgpgme", "libcurl", "libxml2", "libarchive", "libgio-2.0", "libdnf",
        "librepo", "librpm", "libsolv", "libmodulemd", "libpeas-1.0", "libgirepository-1.0",
    ]
}
