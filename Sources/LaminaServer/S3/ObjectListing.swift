import Storage

/// One page of a bucket's keys, those that share a prefix up to the delimiter rolled into one.
struct ObjectListing {
    var objects: [StoredObject] = []
    var commonPrefixes: [String] = []
    var isTruncated = false
    /// The last key or common prefix of the page.
    var last: String?

    /// - Parameter marker: Only what is behind it is listed.
    init(_ catalog: CatalogTransaction, bucket: String, prefix: String, delimiter: String?, after marker: String, limit: Int) throws {
        guard limit > 0 else { return }
        var isIncluded = marker.isBytewiseLess(than: prefix)
        var position = isIncluded ? prefix : marker
        if let common = marker.commonPrefix(prefix, delimiter) {
            guard let end = common.endOfPrefix else { return }
            (position, isIncluded) = (end, true)
        }
        while true {
            let batch = try catalog.objects(in: bucket, from: position, including: isIncluded, limit: min(limit + 1, 1000))
            guard let end = batch.last else { return }
            (position, isIncluded) = (end.key, false)
            for object in batch {
                guard object.key.utf8.starts(with: prefix.utf8) else { return }
                guard objects.count + commonPrefixes.count < limit else {
                    isTruncated = true
                    return
                }
                if let common = object.key.commonPrefix(prefix, delimiter) {
                    commonPrefixes.append(common)
                    last = common
                    // What is below it is passed over in one step.
                    guard let end = common.endOfPrefix else { return }
                    (position, isIncluded) = (end, true)
                    break
                }
                objects.append(object)
                last = object.key
            }
        }
    }
}
