import Checksum
import Foundation
import LambdaModel
import Storage

/// What PublishLayerVersion takes beside the bytes.
public struct LayerPublication: Sendable {
    public var description: String?
    public var licenseInfo: String?
    public var compatibleRuntimes: [String]?
    public var compatibleArchitectures: [String]?

    public init(description: String?, licenseInfo: String?, compatibleRuntimes: [String]?, compatibleArchitectures: [String]?) {
        self.description = description
        self.licenseInfo = licenseInfo
        self.compatibleRuntimes = compatibleRuntimes
        self.compatibleArchitectures = compatibleArchitectures
    }

    /// - Throws: `APIError` ValidationException with all that is wrong.
    public func validate() throws {
        var validation = Validation()
        validation.requireLength("description", description, atMost: 256)
        validation.requireLength("licenseInfo", licenseInfo, atMost: 512)
        validation.requireRuntimes(compatibleRuntimes)
        validation.requireArchitectures(compatibleArchitectures)
        try validation.finish()
    }
}

/// One page of a list, and the marker of the next.
public struct Page<Element: Sendable>: Sendable {
    public var elements: [Element]
    public var nextMarker: String?
}

/// Which layers a list shows.
public struct LayerFilter: Sendable {
    public var compatibleRuntime: String?
    public var compatibleArchitecture: String?
    public var marker: String?
    /// 1 to 50.
    public var maxItems: Int?

    public init(compatibleRuntime: String?, compatibleArchitecture: String?, marker: String?, maxItems: Int?) {
        self.compatibleRuntime = compatibleRuntime
        self.compatibleArchitecture = compatibleArchitecture
        self.marker = marker
        self.maxItems = maxItems
    }

    func validate() throws {
        var validation = Validation()
        if let runtime = compatibleRuntime, (try? Runtime(runtime)) == nil {
            validation.fail("compatibleRuntime", value: runtime, "Member must satisfy enum value set: \(Validation.runtimeSet)")
        }
        if let architecture = compatibleArchitecture, Architecture(rawValue: architecture) == nil {
            validation.fail("compatibleArchitecture", value: architecture, "Member must satisfy enum value set: [x86_64, arm64]")
        }
        validation.requireRange("maxItems", maxItems, Limits.layerPage)
        try validation.finish()
    }

    func admits(_ version: LayerVersion) -> Bool {
        (compatibleRuntime.map { version.compatibleRuntimes?.contains($0) ?? false } ?? true)
            && (compatibleArchitecture.map { version.compatibleArchitectures?.contains($0) ?? false } ?? true)
    }

    var pageSize: Int { maxItems ?? Limits.layerPage.upperBound }
}

extension Registry {
    /// Publishes bytes as the layer's next version.
    public func publish(_ layer: LayerARN, _ publication: LayerPublication, blob: Blob) async throws -> LayerVersion {
        try publication.validate()
        let unzippedSize = try await inspectZip(blob)
        return try await catalog.insert(
            NewLayerVersion(
                layer: layer, sha256: blob.digest.hexadecimal, size: blob.size, unzippedSize: unzippedSize,
                description: publication.description, licenseInfo: publication.licenseInfo,
                compatibleRuntimes: publication.compatibleRuntimes,
                compatibleArchitectures: publication.compatibleArchitectures),
            created: Date())
    }

    public func layerVersion(_ arn: LayerVersionARN, for caller: Caller) async throws -> LayerVersion {
        guard arn.version >= 1 else { throw APIError.invalidParameter("Layer Version Cannot be less than 1") }
        try requireOwner(arn, caller)
        guard let version = try await catalog.layerVersion(arn) else {
            throw APIError.resourceNotFound("The resource you requested does not exist.")
        }
        return version
    }

    /// Another account's layer is closed to all but those whom its policy names; no policy can be set yet.
    func requireOwner(_ arn: LayerVersionARN, _ caller: Caller) throws {
        guard arn.layer.scope.account == caller.scope.account else {
            throw APIError.accessDenied(
                "User: \(caller.arn) is not authorized to perform: lambda:GetLayerVersion on resource: \(arn) because no resource-based policy allows the lambda:GetLayerVersion action"
            )
        }
    }

    /// A layer's versions, newest first.
    public func layerVersions(_ layer: LayerARN, _ filter: LayerFilter, for caller: Caller) async throws -> Page<LayerVersion> {
        try filter.validate()
        guard layer.scope.account == caller.scope.account else {
            throw APIError.accessDenied("User: \(caller.arn) is not authorized to perform: lambda:ListLayerVersions on resource: \(layer)")
        }
        let marker = try filter.marker.map { marker in
            guard let version = Int(marker) else { throw APIError.invalidParameter("Invalid marker: \(marker)") }
            return version
        }
        let all = try await catalog.layerVersions(layer, below: marker).filter(filter.admits)
        return Page(all, size: filter.pageSize) { String($0.arn.version) }
    }

    /// The latest version of each layer, among those that the filter admits.
    public func layers(in scope: Scope, _ filter: LayerFilter) async throws -> Page<LayerVersion> {
        try filter.validate()
        var latest: [LayerVersion] = []
        for version in try await catalog.layerVersions(in: scope, after: filter.marker ?? "") where filter.admits(version) {
            if latest.last?.arn.layer != version.arn.layer { latest.append(version) }
        }
        return Page(latest, size: filter.pageSize) { $0.arn.layer.name }
    }

    /// Takes a version off the shelf. Functions that have it keep it; a version that is not there is no error.
    public func deleteLayerVersion(_ arn: LayerVersionARN) async throws {
        guard arn.version >= 1 else { throw APIError.invalidParameter("Layer Version Cannot be less than 1") }
        try await catalog.deleteLayerVersion(arn)
    }
}

extension Page {
    /// The first `size` of what follows the last marker.
    init(_ all: [Element], size: Int, marker: (Element) -> String) {
        elements = Array(all.prefix(size))
        nextMarker = all.count > size ? elements.last.map(marker) : nil
    }
}
