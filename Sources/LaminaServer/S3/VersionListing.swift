import Storage

/// One page of a bucket's versions and delete markers.
struct VersionListing {
    var versions: [StoredObject] = []
    var commonPrefixes: [String] = []
    var isTruncated = false
    var lastKey: String?
    /// Nil where the page ends with a common prefix.
    var lastVersion: String?

    /// - Parameter sequence: Of the key marker's version that the page before ended with; 0 for all of them.
    init(
        _ catalog: CatalogTransaction, bucket: String, prefix: String, delimiter: String?, after marker: (key: String, sequence: Int)?,
        limit: Int
    ) throws {
        guard limit > 0 else { return }
        var position = marker ?? (prefix, Int.max)
        if position.key.isBytewiseLess(than: prefix) { position = (prefix, Int.max) }
        if let common = marker?.key.commonPrefix(prefix, delimiter) {
            guard let end = common.endOfPrefix else { return }
            position = (end, Int.max)
        }
        while true {
            let batch = try catalog.objectVersions(in: bucket, after: position.key, position.sequence, limit: min(limit + 1, 1000))
            guard let end = batch.last else { return }
            position = (end.key, end.sequence)
            for version in batch {
                guard version.key.utf8.starts(with: prefix.utf8) else { return }
                guard versions.count + commonPrefixes.count < limit else {
                    isTruncated = true
                    return
                }
                if let common = version.key.commonPrefix(prefix, delimiter) {
                    commonPrefixes.append(common)
                    (lastKey, lastVersion) = (common, nil)
                    guard let end = common.endOfPrefix else { return }
                    position = (end, Int.max)
                    break
                }
                versions.append(version)
                (lastKey, lastVersion) = (version.key, version.version)
            }
        }
    }
}
