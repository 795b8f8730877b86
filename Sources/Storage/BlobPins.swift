import Synchronization

/// Keeps blobs from being collected between the moment that someone finds or writes them and the transaction that refers to them.
///
/// One scope of work, such as a request, has one `BlobPins`, pins before it looks, and releases all at its end.
public final class BlobPins: Sendable {
    private let table: PinTable
    private let pinned = Mutex<Set<String>>([])

    init(_ table: PinTable) { self.table = table }

    deinit { _ = table.release(pinned.withLock { $0 }) }

    /// Pins a blob, whether it exists or not.
    public func pin(_ sha256: String) {
        pinned.withLock { pinned in
            if pinned.insert(sha256).inserted { table.pin(sha256) }
        }
    }

    /// What is pinned now.
    public var hashes: Set<String> { pinned.withLock { $0 } }

    /// Ends the scope, and gives the blobs that a collection has left for these pins' sake: they are to be considered again.
    public func release() -> Set<String> {
        let hashes = pinned.withLock { pinned in
            defer { pinned = [] }
            return pinned
        }
        return table.release(hashes)
    }
}

/// How many scopes have pinned each blob of a store.
final class PinTable: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        /// Blobs that are being looked at to be removed and have not been pinned since, each with the collection that looked last.
        var doomed: [String: Collection] = [:]
        var lastCollection: Collection = 0
        /// Blobs that a collection has left because they are pinned.
        var left: Set<String> = []
    }

    /// The number of one look at one blob; several may overlap.
    typealias Collection = UInt64

    private let state = Mutex(State())

    func pin(_ sha256: String) {
        state.withLock { state in
            state.counts[sha256, default: 0] += 1
            state.doomed[sha256] = nil
        }
    }

    /// Gives those that no one pins any more, and that a collection has left.
    func release(_ hashes: Set<String>) -> Set<String> {
        state.withLock { state in
            var left: Set<String> = []
            for sha256 in hashes {
                let count = state.counts[sha256, default: 1] - 1
                state.counts[sha256] = count > 0 ? count : nil
                if count == 0, state.left.remove(sha256) != nil { left.insert(sha256) }
            }
            return left
        }
    }

    /// Marks a blob that is to be removed unless someone pins it; nil when someone has.
    func doom(_ sha256: String) -> Collection? {
        state.withLock { state in
            guard state.counts[sha256] == nil else {
                state.left.insert(sha256)
                return nil
            }
            state.lastCollection += 1
            state.doomed[sha256] = state.lastCollection
            return state.lastCollection
        }
    }

    func isDoomed(_ sha256: String, by collection: Collection) -> Bool { state.withLock { $0.doomed[sha256] == collection } }

    /// Ends what ``doom(_:)`` began, and removes the blob unless it was pinned or doomed anew since.
    ///
    /// - Parameter remove: Called under the lock: whoever pins the blob next finds it gone, and writes it anew.
    func settle(_ sha256: String, _ collection: Collection, _ remove: (() -> Void)?) {
        state.withLock { state in
            guard state.doomed[sha256] == collection else { return }
            state.doomed[sha256] = nil
            remove?()
        }
    }
}
