import LambdaModel
import Storage

extension Registry {
    /// - Throws: `APIError` for more layers than a function may have.
    public static func requireLayerCount(_ count: Int) throws {
        guard count <= Limits.layersPerFunction else {
            throw APIError.invalidParameter("Cannot reference more than \(Limits.layersPerFunction) layers.")
        }
    }

    /// - Throws: `APIError` for two versions of one layer.
    public static func requireDifferentLayers<Version: CustomStringConvertible>(
        _ versions: [Version], layer: (Version) -> some Equatable
    ) throws {
        for (index, version) in versions.enumerated() {
            if let twin = versions[..<index].first(where: { layer($0) == layer(version) }) {
                throw APIError.invalidParameter(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. \(twin) and \(version) are versions of the same layer."
                )
            }
        }
    }

    /// - Throws: `APIError` for a layer of another region than its function's.
    public static func requireLayerRegion(_ region: String, ofFunctionIn own: String) throws {
        guard region == own else {
            throw APIError.invalidParameter(
                "Layers are not in the same region as the function. Layers are expected to be in region \(own).")
        }
    }

    /// Resolves the layers that a function shall have, in their order, and pins their bytes.
    func attach(_ arns: [String], _ pins: BlobPins, by caller: Caller) throws -> [LambdaFunction.AttachedLayer] {
        try Self.requireLayerCount(arns.count)
        let versions = try arns.map { text in
            guard let version = LayerVersionARN(text) else { throw APIError.invalidParameter("Layer version \(text) does not exist.") }
            return version
        }
        try Self.requireDifferentLayers(versions, layer: \.layer)
        return try versions.map { try attach($0, pins, by: caller) }
    }

    private func attach(_ arn: LayerVersionARN, _ pins: BlobPins, by caller: Caller) throws -> LambdaFunction.AttachedLayer {
        // Of another account not even the region is told.
        if arn.layer.scope.account == caller.scope.account {
            try Self.requireLayerRegion(arn.layer.scope.region, ofFunctionIn: caller.scope.region)
        }
        let version = try shared(arn, caller)
        pins.pin(version.sha256)
        // What was there before the pin may have been collected since.
        _ = try shared(arn, caller)
        return LambdaFunction.AttachedLayer(
            arn: arn.description, sha256: version.sha256, size: version.codeSize, unzippedSize: version.unzippedSize)
    }

    private func shared(_ arn: LayerVersionARN, _ caller: Caller) throws -> LayerVersion {
        try catalog.read { catalog in
            try Self.requireGrant(arn, caller, catalog)
            guard let version = try catalog.layerVersion(arn) else {
                throw APIError.invalidParameter("Layer version \(arn) does not exist.")
            }
            return version
        }
    }
}
