import Synchronization

/// Keeps blobs from being collected between the moment that someone finds or writes them and the transaction that refers to them.
///
/// One scope of work, such as a request, has one `BlobPins`, pins before it looks, and releases all at its end.
public final class BlobPins: Sendable {
    private let table: PinTable
    private let pinned = Mutex<Set<String>>([])

    init(_ table: PinTable) { self.table = table }

    deinit { table.release(pinned.withLock { $0 }) }

    /// Pins a blob, whether it exists or not.
    public func pin(_ sha256: String) {
        pinned.withLock { pinned in
            if pinned.insert(sha256).inserted { table.pin(sha256) }
        }
    }

    /// Ends the scope, and gives what it had pinned.
    @discardableResult
    public func release() -> Set<String> {
        let hashes = pinned.withLock { pinned in
            defer { pinned = [] }
            return pinned
        }
        table.release(hashes)
        return hashes
    }
}

/// How many scopes have pinned each blob of a store.
final class PinTable: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        /// Blobs that are being looked at to be removed, and have not been pinned since.
        var doomed: Set<String> = []
    }

    private let state = Mutex(State())

    func pin(_ sha256: String) {
        state.withLock { state in
            state.counts[sha256, default: 0] += 1
            state.doomed.remove(sha256)
        }
    }

    func release(_ hashes: Set<String>) {
        state.withLock { state in
            for sha256 in hashes {
                let count = state.counts[sha256, default: 1] - 1
                state.counts[sha256] = count > 0 ? count : nil
            }
        }
    }

    /// Marks a blob that is to be removed unless someone pins it; false when someone has.
    func doom(_ sha256: String) -> Bool {
        state.withLock { state in
            guard state.counts[sha256] == nil else { return false }
            state.doomed.insert(sha256)
            return true
        }
    }

    func isDoomed(_ sha256: String) -> Bool { state.withLock { $0.doomed.contains(sha256) } }

    /// Ends what ``doom(_:)`` began, and removes the blob unless it was pinned since.
    ///
    /// - Parameter remove: Called under the lock: whoever pins the blob next finds it gone, and writes it anew.
    func settle(_ sha256: String, _ remove: (() -> Void)?) {
        state.withLock { state in
            if state.doomed.remove(sha256) != nil { remove?() }
        }
    }
}
