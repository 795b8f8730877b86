/// What a package offers, as paths below the folder that it is unpacked to.
struct PackageContents: Codable, Sendable {
    /// Those in the outer folders, where the loader looks, come first.
    var libraries: [Library]
    /// Files with the texts of licences.
    var licenses: [String]

    struct Library: Codable, Sendable {
        /// In the package, which may be a symlink.
        var path: String
        /// The file that it leads to.
        var file: String

        var name: Substring? { path.split(separator: "/").last }

        /// Orders libraries.
        var rank: (Int, String) { (path.split(separator: "/").count, path) }
    }
}
