import Synchronization

/// What was read of a catalog lately, until ``Catalog/write(freesSpace:_:)`` changes anything.
///
/// What other processes change beside a server, accounts and keys, is not for it.
public final class CatalogCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var commitCount: UInt = 0
        var values: [Key: Value] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: So many values are kept; beyond them it begins anew.
    public init(limit: Int) { self.limit = limit }

    /// The value that is kept, else what `read` finds.
    public func value(_ key: Key, in catalog: Catalog, _ read: (CatalogTransaction) throws -> Value) throws -> Value {
        // Counted before it is read: what is committed in between is read, and at worst read again.
        let commitCount = catalog.commitCount
        if let known = state.withLock({ $0.commitCount == commitCount ? $0.values[key] : nil }) { return known }
        let value = try catalog.read(read)
        state.withLock { state in
            guard state.commitCount <= commitCount else { return }
            if state.commitCount < commitCount || state.values.count >= limit { state.values.removeAll() }
            state.commitCount = commitCount
            state.values[key] = value
        }
        return value
    }
}
