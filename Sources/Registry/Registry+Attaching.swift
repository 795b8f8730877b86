import LambdaModel
import Storage

extension Registry {
    /// Resolves the layers that a function shall have, in their order.
    ///
    /// A version that the function already has stays even when it was deleted since, as long as the list as a whole is the same.
    func attach(
        _ arns: [String], keeping current: [LambdaFunction.AttachedLayer] = [], by caller: Caller
    ) async throws
        -> [LambdaFunction.AttachedLayer]
    {
        if arns == current.map(\.arn) { return current }
        guard arns.count <= Limits.layersPerFunction else {
            throw APIError.invalidParameter("Cannot reference more than \(Limits.layersPerFunction) layers.")
        }
        let versions = arns.compactMap { LayerVersionARN($0) }
        for (index, version) in versions.enumerated() {
            if let twin = versions[..<index].first(where: { $0.layer == version.layer }) {
                throw APIError.invalidParameter(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. \(twin) and \(version) are versions of the same layer."
                )
            }
        }
        var attached: [LambdaFunction.AttachedLayer] = []
        for arn in versions {
            guard arn.layer.scope.region == caller.scope.region || arn.layer.scope.account != caller.scope.account else {
                throw APIError.invalidParameter(
                    "Layers are not in the same region as the function. Layers are expected to be in region \(caller.scope.region).")
            }
            try requireOwner(arn, caller)
            guard let version = try await catalog.layerVersion(arn) else {
                throw APIError.invalidParameter("Layer version \(arn) does not exist.")
            }
            attached.append(
                LambdaFunction.AttachedLayer(
                    arn: arn.description, sha256: version.sha256, size: version.codeSize, unzippedSize: version.unzippedSize))
        }
        return attached
    }
}
