import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The indices of an array, handed out one by one to the tasks that share it.
package final class IndexQueue: Sendable {
    private let next = Atomic(0)
    private let count: Int

    package init(count: Int) { self.count = count }

    /// The next index, or nil when all are taken.
    package func take() -> Int? {
        let index = next.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }
}

/// How many threads this process may run at a time.
public func availableCores() -> Int {
    max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
