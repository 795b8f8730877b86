/// Where a Node layer's packages lie in the zip.
public enum NodeLayout: String, Sendable, CaseIterable {
    /// `nodejs/node_modules/`, which every Node runtime searches.
    case nodejs
    /// `nodejs/nodeNN/node_modules/`, which only Node NN searches, and before the other.
    case versioned = "nodejs-version"

    /// The folder of packages, without a trailing slash.
    public func modulesFolder(major: Int) -> String {
        switch self {
        case .nodejs: "nodejs/node_modules"
        case .versioned: "nodejs/node\(major)/node_modules"
        }
    }
}
