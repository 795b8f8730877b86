import Checksum
import Foundation
import LambdaModel
import Storage

extension Registry {
    /// Publishes bytes, which the caller has pinned, as the layer's next version.
    public func publish(_ layer: LayerARN, _ publication: LayerPublication, blob: Blob, by caller: Caller) async throws -> LayerVersion {
        try Self.requireOwned(layer, layer, "lambda:PublishLayerVersion", caller)
        var new = NewLayerVersion(
            layer: layer, sha256: blob.digest.hexadecimal, size: blob.size, unzippedSize: try await inspectZip(blob))
        new.description = publication.description
        new.licenseInfo = publication.licenseInfo
        new.compatibleRuntimes = publication.compatibleRuntimes
        new.compatibleArchitectures = publication.compatibleArchitectures
        new.source = publication.source
        return try await catalog.write { [new, settings] catalog in
            let version = try catalog.insert(new, created: Date())
            try Self.requireCodeStorage(catalog, layer.scope, settings)
            return version
        }
    }

    /// A version that the caller owns or has been granted.
    public func layerVersion(_ arn: LayerVersionARN, for caller: Caller) throws -> LayerVersion {
        try Self.requireNumber(arn)
        let version =
            arn.layer.scope == caller.scope
            ? try catalog.look { try $0.layerVersion(arn) }
            : try catalog.read { catalog in
                try Self.requireGrant(arn, caller, catalog)
                return try catalog.layerVersion(arn)
            }
        guard let version else { throw APIError.resourceNotFound("The resource you requested does not exist.") }
        return version
    }

    /// A layer's versions, newest first.
    public func layerVersions(_ layer: LayerARN, _ filter: LayerFilter, for caller: Caller) throws -> Page<LayerVersion> {
        try Self.requireOwned(layer, layer, "lambda:ListLayerVersions", caller)
        let marker = try filter.page.number()
        let size = try filter.page.size(Limits.layerPage)
        let versions = try catalog.look { try $0.layerVersions(layer, below: marker, filter.compatibility, limit: size + 1) }
        return Page(versions, size: size) { String($0.arn.version) }
    }

    /// The latest version of each layer, among those that the filter admits.
    public func layers(in scope: Scope, _ filter: LayerFilter) throws -> Page<LayerVersion> {
        let size = try filter.page.size(Limits.layerPage)
        let versions = try catalog.look {
            try $0.latestLayerVersions(in: scope, after: filter.page.marker ?? "", filter.compatibility, limit: size + 1)
        }
        return Page(versions, size: size) { $0.arn.layer.name }
    }

    /// Takes a version off the shelf. Functions that have it keep it; a version that is not there is no error.
    public func deleteLayerVersion(_ arn: LayerVersionARN, by caller: Caller) async throws {
        try Self.requireNumber(arn)
        try Self.requireOwned(arn.layer, arn, "lambda:DeleteLayerVersion", caller)
        if let dropped = try await catalog.write(freesSpace: true, { try $0.deleteLayerVersion(arn) }) {
            await collector.consider([dropped])
        }
    }

    static func requireNumber(_ arn: LayerVersionARN) throws {
        guard arn.version >= 1 else { throw APIError.invalidParameter("Layer Version Cannot be less than 1") }
    }

    /// A region's endpoint serves the layers of its own region, and changes the caller's own.
    static func requireOwned(_ layer: LayerARN, _ resource: some CustomStringConvertible, _ action: String, _ caller: Caller) throws {
        guard layer.scope == caller.scope else { throw caller.denied(action, on: resource) }
    }

    /// Another account's version is closed to all but those whom its policy names, whether it exists or not; so is every one of another
    /// region.
    static func requireGrant(_ arn: LayerVersionARN, _ caller: Caller, _ catalog: CatalogTransaction) throws {
        let account = caller.scope.account
        guard arn.layer.scope != caller.scope else { return }
        let action = "lambda:GetLayerVersion"
        guard arn.layer.scope.region == caller.scope.region,
            try catalog.policy(of: arn)?.allows(action, account: account, caller: caller.arn, organization: caller.organization) ?? false
        else { throw caller.denied(action, on: arn) }
    }
}

extension LayerFilter {
    fileprivate var compatibility: CompatibilityFilter {
        CompatibilityFilter(runtime: compatibleRuntime, architecture: compatibleArchitecture)
    }
}
