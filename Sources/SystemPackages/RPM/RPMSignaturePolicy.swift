import SystemPackage

/// What of an RPM repository has to be signed. Checksums are verified in any case, from `repomd.xml` down to the last package.
public enum RPMSignaturePolicy: Sendable, Hashable {
    /// Nothing: the repository is trusted as its transport is.
    case none
    /// Every package that is taken, by one of these OpenPGP public keys (`gpgcheck` and `gpgkey` of dnf); and `repomd.xml`, where
    /// there is a signature of it.
    case packages(keys: [FilePath])
    /// `repomd.xml` too (`repo_gpgcheck` of dnf).
    case packagesAndMetadata(keys: [FilePath])

    /// The files that the keys are in, armored or not.
    var keys: [FilePath] {
        switch self {
        case .none: []
        case .packages(let keys), .packagesAndMetadata(let keys): keys
        }
    }
}
