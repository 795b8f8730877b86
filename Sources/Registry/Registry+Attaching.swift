import LambdaModel
import Storage

extension Registry {
    /// - Throws: `APIError` for more layers than a function may have.
    public static func requireLayerCount(_ count: Int) throws {
        guard count <= Limits.layersPerFunction else {
            throw APIError.invalidParameter("Cannot reference more than \(Limits.layersPerFunction) layers.")
        }
    }

    /// Resolves the layers that a function shall have, in their order, and pins their bytes.
    func attach(_ arns: [String], _ pins: BlobPins, by caller: Caller) throws -> [LambdaFunction.AttachedLayer] {
        try Self.requireLayerCount(arns.count)
        let versions = try arns.map { text in
            guard let version = LayerVersionARN(text) else { throw APIError.invalidParameter("Layer version \(text) does not exist.") }
            return version
        }
        for (index, version) in versions.enumerated() {
            if let twin = versions[..<index].first(where: { $0.layer == version.layer }) {
                throw APIError.invalidParameter(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. \(twin) and \(version) are versions of the same layer."
                )
            }
        }
        return try versions.map { try attach($0, pins, by: caller) }
    }

    private func attach(_ arn: LayerVersionARN, _ pins: BlobPins, by caller: Caller) throws -> LambdaFunction.AttachedLayer {
        // Of another account not even the region is told.
        guard arn.layer.scope.region == caller.scope.region || arn.layer.scope.account != caller.scope.account else {
            throw APIError.invalidParameter(
                "Layers are not in the same region as the function. Layers are expected to be in region \(caller.scope.region).")
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
