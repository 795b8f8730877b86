import Checksum
import LambdaModel
import LaminaErrors
import SystemPackage

/// Debian's packages (and those of its derivatives), fetched by this machine's apt for the architectures that it knows.
///
/// apt has no index of sonames, so a package is guessed, fetched and looked into: by Debian's rule for its name; among what the packages
/// that were given before depend on, first those of the same source; by apt-file, where it is installed; by what is installed here. Libraries come out of the fetched
/// packages, never from this machine's own folders.
public actor DebianPackages: LibrarySource {
    /// Packages that are looked into for one library.
    private static let candidateLimit = 24

    private let cache: PackageCache
    private var archives: [Architecture: Apt] = [:]
    /// Records by name and architecture; nil for a name that there is no package of.
    private var records: [String: DebianRecord?] = [:]
    /// Those that gave a library, in the order of their first.
    private var given: [DebianRecord] = []

    public init(cache: PackageCache) { self.cache = cache }

    public func libraries(
        _ sonames: [String], architecture: Architecture, progress: @escaping @Sendable (SystemPackageProgress) -> Void
    ) async throws -> ProvidedLibraries {
        progress(.searching)
        let apt = try await archive(architecture)
        // One call of apt's for all takes as long as one for each.
        _ = try await look(up: sonames.flatMap(SharedLibraryPackageNames.candidates) + given.flatMap(\.dependencies), apt)
        var result = ProvidedLibraries()
        for soname in sonames {
            if let library = try await library(soname, architecture, apt, progress) {
                result.libraries.append(library)
            } else {
                result.missing.append(soname)
            }
        }
        return result
    }

    private func archive(_ architecture: Architecture) async throws -> Apt {
        if let apt = archives[architecture] { return apt }
        let apt = try await Apt(architecture, cache: cache)
        archives[architecture] = apt
        return apt
    }

    private func library(
        _ soname: String, _ architecture: Architecture, _ apt: Apt, _ progress: @escaping @Sendable (SystemPackageProgress) -> Void
    ) async throws -> ProvidedLibrary? {
        guard !soname.isEmpty, !soname.contains("/") else { return nil }
        var tried: Set<String> = []
        let packages = given.filter { $0.architecture == apt.architecture }
        let steps: [() async throws -> [String]] = [
            { SharedLibraryPackageNames.candidates(soname) },
            { try await self.dependencies(of: packages, apt) { $0.source == $1.source } },
            { try await apt.packages(having: soname) },
            { try await self.dependencies(of: packages, apt) { SharedLibraryPackageNames.resembles($1.name, soname) } },
        ]
        for step in steps {
            for record in try await look(up: try await step(), apt)
            where tried.count < Self.candidateLimit && tried.insert(record.name).inserted {
                if let library = try await library(soname, architecture, in: record, apt, progress) {
                    if !given.contains(record) { given.append(record) }
                    return library
                }
            }
        }
        return nil
    }

    /// What packages depend on, where a rule admits the two.
    private func dependencies(
        of packages: [DebianRecord], _ apt: Apt, where isAdmitted: (_ package: DebianRecord, _ dependency: DebianRecord) -> Bool
    ) async throws -> [String] {
        var names: [String] = []
        for package in packages {
            names += try await look(up: package.dependencies, apt).filter { isAdmitted(package, $0) }.map(\.name)
        }
        return names
    }

    /// The records of those packages that exist, in the order of their names.
    private func look(up names: [String], _ apt: Apt) async throws -> [DebianRecord] {
        func key(_ name: String) -> String { "\(name):\(apt.architecture)" }
        let unknown = Set(names.filter { records[key($0)] == nil }).sorted()
        if !unknown.isEmpty {
            let found = try await apt.records(unknown)
            for name in unknown { records[key(name)] = .some(found[name]) }
        }
        return names.compactMap { records[key($0)] ?? nil }
    }

    private func library(
        _ soname: String, _ architecture: Architecture, in record: DebianRecord, _ apt: Apt,
        _ progress: @escaping @Sendable (SystemPackageProgress) -> Void
    ) async throws -> ProvidedLibrary? {
        progress(.fetching(package: record.name, done: 0, total: record.size))
        let (file, origin) = try await apt.download(record)
        progress(.fetching(package: record.name, done: record.size, total: record.size))
        progress(.unpacking(package: record.name))
        let package = try await UnpackedPackage(file, .deb, name: "\(record.name) \(record.version)", sha256: record.sha256, cache: cache)
        guard let library = try package.library(soname, architecture) else { return nil }
        return ProvidedLibrary(
            soname: soname, file: library,
            package: SystemPackage(
                ecosystem: .deb, name: record.name, version: record.version, architecture: record.architecture,
                license: package.licenseFiles.lazy.compactMap(DebianCopyright.license).first, licenseFiles: package.licenseFiles,
                origin: origin, sha256: record.sha256.hexadecimal))
    }
}
