import Storage

/// One page of a bucket's unfinished uploads, by key and, within one, by when they were begun.
struct UploadListing {
    var uploads: [Upload] = []
    var commonPrefixes: [String] = []
    var isTruncated = false
    /// The last key or common prefix of the page.
    var lastKey: String?
    /// Nil where the page ends with a common prefix.
    var lastID: String?

    /// - Parameter marker: The key, and the upload of it, that the page before ended with; without an id all of the key's.
    init(
        _ catalog: CatalogTransaction, bucket: String, prefix: String, delimiter: String?, after marker: (key: String, id: String)?,
        limit: Int
    ) throws {
        guard limit > 0 else { return }
        var position = marker ?? (prefix, "")
        if marker != nil, position.id.isEmpty { position.id = Self.behindAll }
        if position.key.isBytewiseLess(than: prefix) { position = (prefix, "") }
        if let common = marker?.key.commonPrefix(prefix, delimiter) {
            guard let end = common.endOfPrefix else { return }
            position = (end, "")
        }
        while true {
            let batch = try catalog.uploads(in: bucket, after: position.key, position.id, limit: min(limit + 1, 1000))
            guard let end = batch.last else { return }
            position = (end.key, end.id)
            for upload in batch {
                guard upload.key.utf8.starts(with: prefix.utf8) else { return }
                guard uploads.count + commonPrefixes.count < limit else {
                    isTruncated = true
                    return
                }
                if let common = upload.key.commonPrefix(prefix, delimiter) {
                    commonPrefixes.append(common)
                    (lastKey, lastID) = (common, nil)
                    guard let end = common.endOfPrefix else { return }
                    position = (end, "")
                    break
                }
                uploads.append(upload)
                (lastKey, lastID) = (upload.key, upload.id)
            }
        }
    }

    /// An id behind all others.
    private static let behindAll = "\u{10FFFF}"
}
