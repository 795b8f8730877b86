import CSolv
import Checksum
import LambdaModel
import LaminaErrors
import SystemPackage

/// The packages of one or more RPM repositories, and what they provide, held by libsolv.
///
/// 50 MB of `primary.xml`, which is Amazon Linux's size, take 40 MB of memory and half a second.
final class RPMPackageIndex {
    /// Bytes of unpacked XML.
    private static let textLimit = 256 << 20

    private let pool: UnsafeMutablePointer<Pool>
    private let architecture: Architecture
    private var isIndexed = false

    /// - Parameter architecture: Packages for others are left out of answers.
    init(_ architecture: Architecture) {
        self.architecture = architecture
        pool = pool_create()
        pool_setdisttype(pool, DISTTYPE_RPM)
        pool_setdebugmask(pool, 0)
        pool_setarch(pool, architecture.machineName)
    }

    deinit { pool_free(pool) }

    /// Adds a repository's packages.
    ///
    /// - Parameter primary: `primary.xml`, compressed as its name says (gz, xz, zst, bz2).
    /// - Throws: ``LaminaError`` `corrupt`, `limitExceeded`.
    func add(_ primary: FilePath, of repository: String) throws {
        let text = try BoundedStream(primary, limit: Self.textLimit)
        let result = repo_add_rpmmd(repo_create(pool, repository), text.stream, nil, 0)
        guard !text.isExhausted else {
            throw LaminaError(.limitExceeded, "the package list of \(repository) has more than \(Self.textLimit) bytes")
        }
        guard result == 0 else {
            let reason = pool_errstr(pool).map { String(cString: $0) } ?? "it is no XML"
            throw LaminaError(.corrupt, "cannot read the package list of \(repository): \(reason)")
        }
        isIndexed = false
    }

    /// The package that provides a 64-bit shared library: the newest version of each that does, by RPM's order; of these the one with
    /// the shortest name, then the first by name.
    func provider(of soname: String) throws -> RPMPackageRecord? {
        if !isIndexed { pool_createwhatprovides(pool) }
        isIndexed = true
        let capability = pool_str2id(pool, "\(soname)()(64bit)", 0)
        guard capability != 0 else { return nil }
        var best: UnsafeMutablePointer<Solvable>?
        var next = pool_whatprovides(pool, capability)
        while let id = pool.pointee.whatprovidesdata?[Int(next)], id != 0 {
            next += 1
            guard let solvable = pool_id2solvable(pool, id), isForTarget(solvable) else { continue }
            if let current = best, !isPreferred(solvable, to: current) { continue }
            best = solvable
        }
        return try best.map(record)
    }

    private func isForTarget(_ solvable: UnsafeMutablePointer<Solvable>) -> Bool {
        let name = text(solvable.pointee.arch)
        return name == architecture.machineName || name == "noarch"
    }

    private func isPreferred(_ one: UnsafeMutablePointer<Solvable>, to other: UnsafeMutablePointer<Solvable>) -> Bool {
        guard one.pointee.name == other.pointee.name else {
            let names = (text(one.pointee.name), text(other.pointee.name))
            return (names.0.utf8.count, names.0) < (names.1.utf8.count, names.1)
        }
        return pool_evrcmp(pool, one.pointee.evr, other.pointee.evr, Int32(EVRCMP_COMPARE)) > 0
    }

    private func record(_ solvable: UnsafeMutablePointer<Solvable>) throws -> RPMPackageRecord {
        let name = text(solvable.pointee.name)
        let version = text(solvable.pointee.evr)
        var type: Id = 0
        guard let location = solvable_lookup_location(solvable, nil) else {
            throw LaminaError(.corrupt, "the package list does not say where \(name) \(version) is")
        }
        guard let checksum = solvable_lookup_checksum(solvable, Id(SOLVABLE_CHECKSUM.rawValue), &type),
            type == Id(REPOKEY_TYPE_SHA256.rawValue), let sha256 = SHA256Digest(hexadecimal: String(cString: checksum))
        else { throw LaminaError(.unsupported, "the package list has no SHA-256 of \(name) \(version), so it is not fetched") }
        return RPMPackageRecord(
            repository: String(cString: repo_name(solvable.pointee.repo)), name: name, version: version,
            architecture: text(solvable.pointee.arch), license: text(of: solvable, SOLVABLE_LICENSE), location: String(cString: location),
            base: text(of: solvable, SOLVABLE_MEDIABASE), sha256: sha256,
            size: Int(clamping: solvable_lookup_num(solvable, Id(SOLVABLE_DOWNLOADSIZE.rawValue), 0)))
    }

    private func text(_ id: Id) -> String { pool_id2str(pool, id).map { String(cString: $0) } ?? "" }

    private func text(of solvable: UnsafeMutablePointer<Solvable>, _ key: solv_knownid) -> String? {
        solvable_lookup_str(solvable, Id(key.rawValue)).map { String(cString: $0) }
    }
}
