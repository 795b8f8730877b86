/// A layer version in a list: what AWS calls LayerVersionsListItem.
public struct LayerVersionItem: Sendable, Hashable, Decodable {
    public var layerVersionARN: String
    public var version: Int
    public var description: String?
    /// As in `2018-11-14T23:03:52.894+0000`.
    public var createdDate: String?
    public var compatibleRuntimes: [String]?
    public var compatibleArchitectures: [String]?
    public var licenseInfo: String?

    enum CodingKeys: String, CodingKey {
        case layerVersionARN = "LayerVersionArn"
        case version = "Version"
        case description = "Description"
        case createdDate = "CreatedDate"
        case compatibleRuntimes = "CompatibleRuntimes"
        case compatibleArchitectures = "CompatibleArchitectures"
        case licenseInfo = "LicenseInfo"
    }
}

/// A layer and its newest version: what AWS calls LayersListItem.
public struct LayerItem: Sendable, Hashable, Decodable {
    public var layerName: String
    public var layerARN: String
    public var latest: LayerVersionItem

    enum CodingKeys: String, CodingKey {
        case layerName = "LayerName"
        case layerARN = "LayerArn"
        case latest = "LatestMatchingVersion"
    }
}

/// A layer version with its content: what publishing and reading one answer.
public struct LayerVersionDetail: Sendable, Hashable, Decodable {
    public var item: LayerVersionItem
    public var layerARN: String
    public var content: Content

    /// Where a version's zip is, and which it is.
    public struct Content: Sendable, Hashable, Decodable {
        /// A URL that holds for ten minutes.
        public var location: String
        /// The zip's SHA-256 in base64.
        public var codeSHA256: String
        /// Bytes of the zip.
        public var codeSize: Int

        enum CodingKeys: String, CodingKey {
            case location = "Location"
            case codeSHA256 = "CodeSha256"
            case codeSize = "CodeSize"
        }
    }

    public init(from decoder: any Decoder) throws {
        item = try LayerVersionItem(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        layerARN = try container.decode(String.self, forKey: .layerARN)
        content = try container.decode(Content.self, forKey: .content)
    }

    private enum CodingKeys: String, CodingKey {
        case layerARN = "LayerArn"
        case content = "Content"
    }
}
