import SystemPackages

/// Where a build stands, told as it goes.
public enum BuildProgress: Sendable {
    case resolving(String)
    case resolved(packages: Int, isRemembered: Bool)
    /// Bytes fetched so far, of all that has to be.
    case fetching(done: Int, total: Int)
    /// A tool resolves and fetches in one go, as npm and bundler do.
    case installing(tool: String)
    /// A wheel that is new to the cache is read, compiled and compressed.
    case preparing(package: String)
    /// A source of shared libraries is asked for what is missing.
    case completing(SystemPackageProgress)
    /// Bytes assembled so far, unzipped, of the layer's.
    case writing(done: Int, total: Int)
    /// What the user should know of a build that goes on.
    case note(String)
}
