private import CLinux

/// Bytes that large entries may take at a time, in all that this process reads and writes side by side.
///
/// Who asks for more than there is altogether gets all of it, alone.
package actor MemoryBudget {
    /// Bytes that an entry may take at most, with its compressed forms, to be held in memory at all.
    package static let largestEntry = 128 << 20
    /// Bytes below which an entry needs not ask.
    package static let smallEntry = 1 << 20

    /// The machine's memory is one, hence the process's budget is.
    ///
    /// An entry needs about half as much again for its compressed form.
    package static let shared: MemoryBudget = {
        // The C library keeps freed memory of up to 32 MiB a piece for later, unless told what is too large for that.
        _ = clinux_return_freed(CInt(smallEntry))
        return MemoryBudget(64 << 20)
    }()

    private let total: Int
    private var free: Int
    private var waiting: [(bytes: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(_ total: Int) { (self.total, free) = (total, total) }

    /// Does something that holds so many bytes, when its turn has come.
    package nonisolated func hold<T>(_ bytes: Int, _ body: () throws -> T) async throws -> T {
        guard bytes >= Self.smallEntry else { return try body() }
        await take(bytes)
        do {
            let result = try body()
            await give(bytes)
            return result
        } catch {
            await give(bytes)
            throw error
        }
    }

    private func take(_ bytes: Int) async {
        let bytes = min(bytes, total)
        // In order, so that a large one is not passed by small ones for ever.
        if waiting.isEmpty, bytes <= free {
            free -= bytes
        } else {
            await withCheckedContinuation { waiting.append((bytes, $0)) }
        }
    }

    private func give(_ bytes: Int) {
        free += min(bytes, total)
        while let first = waiting.first, first.bytes <= free {
            free -= first.bytes
            waiting.removeFirst().continuation.resume()
        }
    }
}
