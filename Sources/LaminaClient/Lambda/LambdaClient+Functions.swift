extension LambdaClient {
    /// Every function of the account in the region, in every version (ListFunctions with FunctionVersion=ALL, all pages).
    public func functionVersions() async throws -> [FunctionVersionItem] {
        try await all(
            FunctionsPage.self,
            ServiceRequest(
                purpose: "list functions", method: "GET", path: "/2015-03-31/functions/", query: [("FunctionVersion", "ALL")],
                isIdempotent: true))
    }

    /// The function versions that have a layer version that is meant.
    public func users(of selection: LayerSelection) async throws -> [LayerUse] {
        try await functionVersions().flatMap { function in
            function.layers.compactMap { layer -> LayerUse? in
                guard let used = try? LayerVersionReference(layer.arn),
                    selection.contains(used, account: function.account, region: region)
                else { return nil }
                return LayerUse(function: function.name, functionVersion: function.version, layer: used)
            }
        }
    }
}

/// A function in one of its versions: what AWS calls FunctionConfiguration.
public struct FunctionVersionItem: Sendable, Hashable, Decodable {
    public var name: String
    public var arn: String
    /// `$LATEST` or a number.
    public var version: String
    var layers: [Layer]

    struct Layer: Sendable, Hashable, Decodable {
        var arn: String

        enum CodingKeys: String, CodingKey { case arn = "Arn" }
    }

    /// The account in the ARN.
    var account: String {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 4 ? String(parts[4]) : ""
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        arn = try container.decode(String.self, forKey: .arn)
        version = try container.decodeIfPresent(String.self, forKey: .version) ?? "$LATEST"
        layers = try container.decodeIfPresent([Layer].self, forKey: .layers) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case name = "FunctionName"
        case arn = "FunctionArn"
        case version = "Version"
        case layers = "Layers"
    }
}

/// A function version that has a layer version.
public struct LayerUse: Sendable, Hashable {
    public var function: String
    /// `$LATEST` or a number.
    public var functionVersion: String
    public var layer: LayerVersionReference
}

private struct FunctionsPage: ListPage {
    var items: [FunctionVersionItem]
    var nextMarker: String?

    enum CodingKeys: String, CodingKey {
        case items = "Functions"
        case nextMarker = "NextMarker"
    }
}
