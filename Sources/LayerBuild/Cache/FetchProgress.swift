import Synchronization

/// Adds up the bytes of downloads that run side by side.
final class FetchProgress: Sendable {
    private struct Counts {
        var done = 0
        var total: Int
    }

    private let counts: Mutex<Counts>
    private let report: @Sendable (BuildProgress) -> Void

    init(total: Int, report: @escaping @Sendable (BuildProgress) -> Void) {
        counts = Mutex(Counts(total: total))
        self.report = report
    }

    /// What one download tells of its own bytes so far.
    func download() -> @Sendable (Int) -> Void {
        let told = Mutex(0)
        return { bytes in
            self.add(
                told.withLock { before in
                    defer { before = bytes }
                    return bytes - before
                })
        }
    }

    private func add(_ bytes: Int) {
        let now = counts.withLock { counts in
            counts.done += bytes
            return counts
        }
        report(.fetching(done: now.done, total: now.total))
    }

    /// Takes a file that was at hand out of the total.
    func skip(_ bytes: Int) { counts.withLock { $0.total -= bytes } }
}
