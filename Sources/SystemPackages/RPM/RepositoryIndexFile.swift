import CSolv
import Checksum
import LaminaErrors

/// `repomd.xml`: which files a repository's metadata is in.
struct RepositoryIndexFile: Sendable, Hashable {
    /// The list of packages.
    struct PrimaryList: Sendable, Hashable {
        /// Relative to the repository.
        var location: String
        var sha256: SHA256Digest
        /// Bytes, 0 where it is not told.
        var size: Int
    }

    var primary: PrimaryList

    /// - Throws: ``LaminaError`` `corrupt`, `unsupported` where there is no list of packages with a SHA-256.
    init(_ xml: [UInt8], of repository: RepositoryLocation) throws {
        guard let pool = pool_create() else { throw LaminaError(.unavailable, "no memory for \(repository)") }
        defer { pool_free(pool) }
        pool_setdebugmask(pool, 0)
        let repo = repo_create(pool, "")
        let isRead = xml.withUnsafeBytes { bytes in
            guard let stream = solv_fmemopen(bytes.baseAddress, bytes.count, "r") else { return false }
            defer { fclose(stream) }
            return repo_add_repomdxml(repo, stream, 0) == 0
        }
        guard isRead else { throw LaminaError(.corrupt, "the repomd.xml of \(repository) is not what RPM repositories have") }
        var search = Dataiterator()
        dataiterator_init(&search, pool, repo, SOLVID_META, Id(REPOSITORY_REPOMD_TYPE.rawValue), "primary", SEARCH_STRING)
        defer { dataiterator_free(&search) }
        dataiterator_prepend_keyname(&search, Id(REPOSITORY_REPOMD.rawValue))
        guard dataiterator_step(&search) != 0 else { throw LaminaError(.corrupt, "\(repository) has no list of packages") }
        dataiterator_setpos_parent(&search)
        var type: Id = 0
        guard let location = pool_lookup_str(pool, SOLVID_POS, Id(REPOSITORY_REPOMD_LOCATION.rawValue)),
            let checksum = pool_lookup_checksum(pool, SOLVID_POS, Id(REPOSITORY_REPOMD_CHECKSUM.rawValue), &type),
            type == Id(REPOKEY_TYPE_SHA256.rawValue), let sha256 = SHA256Digest(hexadecimal: String(cString: checksum))
        else { throw LaminaError(.unsupported, "the repomd.xml of \(repository) has no SHA-256 of the list of packages") }
        primary = PrimaryList(
            location: String(cString: location), sha256: sha256,
            size: Int(clamping: pool_lookup_num(pool, SOLVID_POS, Id(REPOSITORY_REPOMD_SIZE.rawValue), 0)))
    }
}
