import SystemPackages

/// A shared library that a completion put into a layer.
public struct CompletedLibrary: Sendable, Codable {
    /// Its path in the layer.
    public var path: String
    /// Bytes.
    public var size: Int
    /// The package that it is from, with its version: `libglvnd-glx 1:1.3.4-1.amzn2023`.
    public var package: String
    public var license: String?
    /// Where the package was fetched from.
    public var origin: String
    /// The system's library, by its soname, whose place it takes.
    public var replaces: String?

    init(path: String, size: Int, library: ProvidedLibrary, replaces: String?) {
        self.path = path
        self.size = size
        package = "\(library.package.name) \(library.package.version)"
        license = library.package.license
        origin = library.package.origin
        self.replaces = replaces
    }
}

extension [LayerContent.Package] {
    /// Adds a system package, or the size of one more of its files.
    mutating func merge(_ package: SystemPackage, size: Int) {
        if let index = firstIndex(where: { $0.sha256 == package.sha256 }) {
            self[index].size += size
            return
        }
        append(
            LayerContent.Package(
                package.ecosystem == .rpm ? .rpm : .deb, name: package.name, version: package.version,
                file: package.origin.split(separator: "/").last.map(String.init) ?? package.name, size: size, license: package.license,
                sha256: package.sha256))
    }
}
