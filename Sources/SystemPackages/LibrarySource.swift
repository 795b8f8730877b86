import LambdaModel
import SystemPackage

/// Where shared libraries come from that a layer needs and its operating system lacks: the packages of a Linux distribution.
///
/// A source answers for the names that it is asked for and not for what the found files need in turn: the caller reads them, knows what
/// the target system has, and asks again until nothing is missing.
public protocol LibrarySource: Sendable {
    /// Finds the packages that provide shared libraries, and fetches, verifies and unpacks them into the cache.
    ///
    /// - Parameter sonames: As `DT_NEEDED` has them: `libGL.so.1`.
    /// - Returns: The libraries in the order asked for. A name that no package provides is no error, but listed as missing.
    /// - Throws: `LaminaError` `hashMismatch` or `unsafe` for bytes that are not what was signed or announced, or would do harm;
    ///   `network`, `unavailable`, `toolMissing` or `toolFailed` where the source cannot be asked.
    func libraries(
        _ sonames: [String], architecture: Architecture, progress: @escaping @Sendable (SystemPackageProgress) -> Void
    ) async throws -> ProvidedLibraries
}

/// What a source has of the libraries that it was asked for.
public struct ProvidedLibraries: Sendable, Hashable {
    public var libraries: [ProvidedLibrary] = []
    /// Sonames that no package of the source provides.
    public var missing: [String] = []

    public init(libraries: [ProvidedLibrary] = [], missing: [String] = []) {
        self.libraries = libraries
        self.missing = missing
    }
}

/// A shared library out of a package.
public struct ProvidedLibrary: Sendable, Hashable {
    /// The name that the loader looks for, and that the file has to have in the layer.
    public var soname: String
    /// The library itself in the cache, no symlink.
    public var file: FilePath
    public var package: SystemPackage
}

/// A package of a Linux distribution, as a bill of materials names it.
public struct SystemPackage: Sendable, Hashable {
    /// The kinds of packages.
    public enum Ecosystem: String, Sendable, Codable {
        case rpm, deb
    }

    public var ecosystem: Ecosystem
    public var name: String
    /// RPM's `epoch:version-release`, Debian's `epoch:upstream-revision`; without an epoch of 0.
    public var version: String
    /// The distribution's name for it: `x86_64`, `aarch64`, `noarch`; `amd64`, `arm64`, `all`.
    public var architecture: String
    /// As the package declares it; of a Debian package the licences of its machine-readable copyright file, if it is one.
    public var license: String?
    /// Texts of licences that the package carries, in the cache.
    public var licenseFiles: [FilePath] = []
    /// Where it was fetched from: a URL or a path.
    public var origin: String
    /// Of the package's file, 64 hexadecimal digits.
    public var sha256: String
}

/// What a source is at.
public enum SystemPackageProgress: Sendable, Hashable {
    /// It reads the list of what there is.
    case searching
    /// Bytes of a package that came so far, and of all.
    case fetching(package: String, done: Int, total: Int)
    case unpacking(package: String)
}
