import Checksum
import Foundation
import LambdaModel

/// Requests and answers of the layer operations, as botocore's model has them.
struct PublishLayerVersionInput: Decodable {
    var content: ZipLocation?
    var description: String?
    var licenseInfo: String?
    var compatibleRuntimes: [String]?
    var compatibleArchitectures: [String]?

    enum CodingKeys: String, CodingKey {
        case content = "Content"
        case description = "Description"
        case licenseInfo = "LicenseInfo"
        case compatibleRuntimes = "CompatibleRuntimes"
        case compatibleArchitectures = "CompatibleArchitectures"
    }
}

/// PublishLayerVersionResponse and GetLayerVersionResponse, which have the same members.
struct LayerVersionOutput: Encodable {
    var content: Content
    var layerArn: String
    var layerVersionArn: String
    var description: String?
    var createdDate: String
    var version: Int
    var compatibleRuntimes: [String]?
    var compatibleArchitectures: [String]?
    var licenseInfo: String?

    struct Content: Encodable {
        var location: String
        var codeSHA256: String
        var codeSize: Int

        enum CodingKeys: String, CodingKey {
            case location = "Location"
            case codeSHA256 = "CodeSha256"
            case codeSize = "CodeSize"
        }
    }

    /// - Parameter isPublication: The answer to a publish has `""` for a description that was not given.
    init(_ version: LayerVersion, location: String, isPublication: Bool) {
        content = Content(location: location, codeSHA256: version.sha256.base64Digest, codeSize: version.codeSize)
        layerArn = version.arn.layer.description
        layerVersionArn = version.arn.description
        description = version.description ?? (isPublication ? "" : nil)
        createdDate = AWSDate.format(version.created)
        self.version = version.arn.version
        compatibleRuntimes = version.compatibleRuntimes
        compatibleArchitectures = version.compatibleArchitectures
        licenseInfo = version.licenseInfo
    }

    enum CodingKeys: String, CodingKey {
        case content = "Content"
        case layerArn = "LayerArn"
        case layerVersionArn = "LayerVersionArn"
        case description = "Description"
        case createdDate = "CreatedDate"
        case version = "Version"
        case compatibleRuntimes = "CompatibleRuntimes"
        case compatibleArchitectures = "CompatibleArchitectures"
        case licenseInfo = "LicenseInfo"
    }
}

/// LayerVersionsListItem.
struct LayerVersionItem: Encodable {
    var layerVersionArn: String
    var version: Int
    var description: String?
    var createdDate: String
    var compatibleRuntimes: [String]?
    var compatibleArchitectures: [String]?
    var licenseInfo: String?

    init(_ version: LayerVersion) {
        layerVersionArn = version.arn.description
        self.version = version.arn.version
        description = version.description
        createdDate = AWSDate.format(version.created)
        compatibleRuntimes = version.compatibleRuntimes
        compatibleArchitectures = version.compatibleArchitectures
        licenseInfo = version.licenseInfo
    }

    enum CodingKeys: String, CodingKey {
        case layerVersionArn = "LayerVersionArn"
        case version = "Version"
        case description = "Description"
        case createdDate = "CreatedDate"
        case compatibleRuntimes = "CompatibleRuntimes"
        case compatibleArchitectures = "CompatibleArchitectures"
        case licenseInfo = "LicenseInfo"
    }
}

struct ListLayersOutput: Encodable {
    var layers: [Layer]
    var nextMarker: String?

    struct Layer: Encodable {
        var layerName: String
        var layerArn: String
        var latestMatchingVersion: LayerVersionItem

        enum CodingKeys: String, CodingKey {
            case layerName = "LayerName"
            case layerArn = "LayerArn"
            case latestMatchingVersion = "LatestMatchingVersion"
        }
    }

    enum CodingKeys: String, CodingKey {
        case layers = "Layers"
        case nextMarker = "NextMarker"
    }
}

struct ListLayerVersionsOutput: Encodable {
    var layerVersions: [LayerVersionItem]
    var nextMarker: String?

    enum CodingKeys: String, CodingKey {
        case layerVersions = "LayerVersions"
        case nextMarker = "NextMarker"
    }
}

extension String {
    /// A hexadecimal digest in base64, as `CodeSha256` is.
    var base64Digest: String { Data(Hexadecimal.decode(self) ?? []).base64EncodedString() }
}
