/// A place in a bucket's list, which is ordered by key and, within a key, by something else: versions by age, uploads by id.
struct KeyPosition<Rank> {
    var key: String
    /// Of the key's entries, the last one in front of this place; nil where all of them are behind it.
    var rank: Rank?
}

/// One page of a bucket's list, the keys that share a prefix up to the delimiter rolled into one.
struct KeyListing<Entry> {
    private(set) var entries: [Entry] = []
    private(set) var commonPrefixes: [String] = []
    private(set) var isTruncated = false
    /// The last key or common prefix of the page.
    private(set) var lastKey: String?
    /// Nil where the page ends with a common prefix.
    private(set) var lastEntry: Entry?

    /// - Parameters:
    ///   - marker: Only what is behind it is listed.
    ///   - position: An entry's place, which has a rank.
    ///   - fetch: Gives so many entries, or as many as there are, behind a place.
    init<Rank>(
        _ list: ListRequest, after marker: KeyPosition<Rank>?, position: (Entry) -> KeyPosition<Rank>,
        fetch: (KeyPosition<Rank>, Int) throws -> [Entry]
    ) rethrows {
        guard list.limit > 0 else { return }
        var place = KeyPosition<Rank>(key: list.prefix)
        if let marker {
            if let common = marker.key.commonPrefix(list.prefix, list.delimiter) {
                guard let end = common.endOfPrefix else { return }
                place = KeyPosition(key: end)
            } else if !marker.key.isBytewiseLess(than: list.prefix) {
                place = marker
            }
        }
        // Below a common prefix may be any number of keys: only so many are read before they are passed over in one step.
        let fewest = list.delimiter == nil ? list.limit + 1 : 16
        var count = fewest
        while true {
            let batch = try fetch(place, count)
            guard let last = batch.last else { return }
            count = min(max(list.limit + 1, fewest), count * 2)
            var passed: String?
            for entry in batch {
                let key = position(entry).key
                if let passed, key.isBytewiseLess(than: passed) { continue }
                guard key.utf8.starts(with: list.prefix.utf8) else { return }
                guard entries.count + commonPrefixes.count < list.limit else {
                    isTruncated = true
                    return
                }
                if let common = key.commonPrefix(list.prefix, list.delimiter) {
                    commonPrefixes.append(common)
                    (lastKey, lastEntry) = (common, nil)
                    guard let end = common.endOfPrefix else { return }
                    passed = end
                } else {
                    entries.append(entry)
                    (lastKey, lastEntry) = (key, entry)
                }
            }
            place = position(last)
            if let passed, place.key.isBytewiseLess(than: passed) {
                place = KeyPosition(key: passed)
                count = fewest
            }
        }
    }
}
