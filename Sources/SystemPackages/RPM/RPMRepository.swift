import Checksum
import HTTPTransfer
import LambdaModel
import LaminaErrors
import SystemPackage

/// An RPM repository, such as Amazon Linux's: its packages provide shared libraries by name, `libGL.so.1()(64bit)`.
public actor RPMRepository: LibrarySource {
    /// Bytes of a compressed list of packages.
    private static let listLimit = 128 << 20
    /// Bytes of a package.
    private static let packageLimit = 1 << 30

    private let location: String
    private let policy: RPMSignaturePolicy
    private let cache: PackageCache
    private let reader: RepositoryReader
    private var indexes: [Architecture: (index: RPMPackageIndex, base: RepositoryLocation)] = [:]

    /// - Parameters:
    ///   - location: The URL (`http`, `https`, `file`) or path of the folder that has `repodata`, or of a list of mirrors
    ///     (`…/mirror.list`). `$basearch` in it stands for the architecture: `x86_64`, `aarch64`.
    ///   - signatures: What has to be signed.
    public init(_ location: String, signatures: RPMSignaturePolicy = .none, cache: PackageCache) {
        self.init(location, signatures: signatures, cache: cache, schedule: RetrySchedule(attempts: 5, base: 500, limit: 4000))
    }

    package init(_ location: String, signatures: RPMSignaturePolicy, cache: PackageCache, schedule: RetrySchedule) {
        self.location = location
        policy = signatures
        self.cache = cache
        reader = RepositoryReader(cache: cache, schedule: schedule)
    }

    /// Of several packages that provide a library the one with the shortest name is taken, in its newest version that does.
    public func libraries(
        _ sonames: [String], architecture: Architecture, progress: @escaping @Sendable (SystemPackageProgress) -> Void
    ) async throws -> ProvidedLibraries {
        if indexes[architecture] == nil {
            progress(.searching)
            let (base, primary) = try await primary(architecture)
            let index = RPMPackageIndex(architecture)
            try index.add(primary, of: base.description)
            indexes[architecture] = (index, base)
        }
        guard let (index, base) = indexes[architecture] else { return ProvidedLibraries(missing: sonames) }
        let providers = try sonames.map { ($0, try index.provider(of: $0)) }
        let files = try await fetch(Set(providers.compactMap(\.1)), from: base, progress)
        var result = ProvidedLibraries()
        for (soname, record) in providers {
            guard let record, let file = files[record] else {
                result.missing.append(soname)
                continue
            }
            progress(.unpacking(package: record.name))
            let package = try await UnpackedPackage(file, .rpm, name: record.description, sha256: record.sha256, cache: cache)
            guard let library = try package.library(soname, architecture) else {
                throw LaminaError(.corrupt, "\(record) says that it provides \(soname), and has no such library")
            }
            result.libraries.append(
                ProvidedLibrary(
                    soname: soname, file: library,
                    package: SystemPackage(
                        ecosystem: .rpm, name: record.name, version: record.version, architecture: record.architecture,
                        license: record.license, licenseFiles: package.licenseFiles,
                        origin: try base.file(record.location, base: record.base).description, sha256: record.sha256.hexadecimal)))
        }
        return result
    }

    /// Brings packages into the cache, a bounded number at a time, and verifies their signatures.
    private func fetch(
        _ records: Set<RPMPackageRecord>, from base: RepositoryLocation, _ progress: @escaping @Sendable (SystemPackageProgress) -> Void
    ) async throws -> [RPMPackageRecord: FilePath] {
        let files = try await withThrowingTaskGroup(of: (RPMPackageRecord, FilePath).self) { group in
            var waiting = records.sorted { ($0.name, $0.version) < ($1.name, $1.version) }[...]
            var files: [RPMPackageRecord: FilePath] = [:]
            for record in waiting.prefix(RepositoryReader.concurrent) {
                group.addTask { (record, try await self.fetch(record, from: base, progress)) }
            }
            waiting = waiting.dropFirst(RepositoryReader.concurrent)
            while let (record, file) = try await group.next() {
                files[record] = file
                guard let next = waiting.popFirst() else { continue }
                group.addTask { (next, try await self.fetch(next, from: base, progress)) }
            }
            return files
        }
        if policy != .none {
            let packages = files.map { (name: $0.description, file: $1) }.sorted { $0.name < $1.name }
            try await RPMSignatures(keys: policy.keys, cache: cache).verify(packages)
        }
        return files
    }

    private nonisolated func fetch(
        _ record: RPMPackageRecord, from base: RepositoryLocation, _ progress: @escaping @Sendable (SystemPackageProgress) -> Void
    ) async throws -> FilePath {
        let location = try base.file(record.location, base: record.base)
        let limit = record.size > 0 ? min(record.size, Self.packageLimit) : Self.packageLimit
        return try await cache.item("package.rpm", of: record.sha256) { partial in
            try await reader.fetch(location, to: partial, sha256: record.sha256, limit: limit) {
                progress(.fetching(package: record.name, done: $0, total: record.size))
            }
        }
    }

    /// The repository's own place, which a list of mirrors may have named, and its list of packages in the cache.
    private func primary(_ architecture: Architecture) async throws -> (RepositoryLocation, FilePath) {
        let named = try RepositoryLocation(location, architecture: architecture)
        guard named.isMirrorList else { return (named, try await primary(named)) }
        guard let list = try await reader.read(named) else { throw LaminaError(.notFound, "there is no \(named)") }
        let mirrors = String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingPrefix(while: \.isWhitespace) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        var failure = LaminaError(.notFound, "\(named) names no mirror")
        for mirror in mirrors.prefix(10) {
            do {
                let base = try RepositoryLocation(String(mirror), architecture: architecture)
                return (base, try await primary(base))
            } catch let error as LaminaError where [.network, .unavailable, .notFound].contains(error.code) {
                failure = error
            }
        }
        throw failure
    }

    private func primary(_ base: RepositoryLocation) async throws -> FilePath {
        guard let repomd = try await reader.read(try base.file("repodata/repomd.xml")) else {
            throw LaminaError(.notFound, "\(base) is no RPM repository: it has no repodata/repomd.xml")
        }
        if policy != .none {
            let signatures = try RPMSignatures(keys: policy.keys, cache: cache)
            if let signature = try await reader.read(try base.file("repodata/repomd.xml.asc")) {
                try await signatures.verify(repomd, signature: signature, of: base)
            } else if case .packagesAndMetadata = policy {
                throw LaminaError(.unsafe, "the repomd.xml of \(base) has to be signed, and has no signature")
            }
        }
        let list = try RepositoryIndexFile(repomd, of: base).primary
        let location = try base.file(list.location)
        let limit = list.size > 0 ? min(list.size, Self.listLimit) : Self.listLimit
        // The name tells libsolv the compression.
        return try await cache.item(location.fileName, of: list.sha256) { partial in
            try await reader.fetch(location, to: partial, sha256: list.sha256, limit: limit) { _ in }
        }
    }
}
