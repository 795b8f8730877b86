import Checksum

/// What a repository's list says of a package.
struct RPMPackageRecord: Sendable, Hashable {
    /// The location of the repository that has it.
    var repository: String
    var name: String
    var version: String
    var architecture: String
    var license: String?
    /// Relative to ``base``, or else to the repository.
    var location: String
    var base: String?
    var sha256: SHA256Digest
    /// Bytes.
    var size: Int
}

extension RPMPackageRecord: CustomStringConvertible {
    var description: String { "\(name) \(version).\(architecture)" }
}
