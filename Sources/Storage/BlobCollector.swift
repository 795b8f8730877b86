import Logging

/// Removes blobs once nothing refers to them.
public struct BlobCollector: Sendable {
    private let blobs: any BlobStore
    private let logger: Logger

    public init(blobs: any BlobStore, logger: Logger) {
        self.blobs = blobs
        self.logger = logger
    }

    /// Ends a scope whose blobs no one is to keep, unless others refer to them.
    public func discard(_ pins: BlobPins) async {
        let hashes = pins.hashes
        await consider(pins.release().union(hashes))
    }

    /// Looks at blobs that something has ceased to refer to, or has not come to. What fails here, the next start's sweep makes good.
    public func consider(_ hashes: Set<String>) async {
        guard !hashes.isEmpty else { return }
        do {
            try await blobs.collect(hashes)
        } catch {
            logger.warning("blobs are left to the next start's sweep", metadata: ["error": "\(error)"])
        }
    }
}
