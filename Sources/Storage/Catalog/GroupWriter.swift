import Foundation
import GRDB
import LaminaErrors
import Synchronization

/// Commits writes in groups: those that come while a commit waits for the disk share the next one.
///
/// Each write has a savepoint of its own, so that one that fails takes none of its group with it.
final class GroupWriter: Sendable {
    private struct State {
        var waiting: [any QueuedWrite] = []
        var isRunning = false
    }

    private static let waitingLimit = 10_000
    private static let groupLimit = 256
    /// Pages that a write may add to the catalog: those of a small blob, and of what refers to it.
    private static let pagesPerWrite = 8

    private let database: DatabasePool
    private let reserve: DiskReserve
    private let queue = DispatchQueue(label: "lamina.catalog.writer")
    private let state = Mutex(State())
    private let commits = Atomic<UInt>(0)

    init(_ database: DatabasePool, _ reserve: DiskReserve) {
        self.database = database
        self.reserve = reserve
    }

    /// How many commits there were; one that a caller knows of is counted.
    var commitCount: UInt { commits.load(ordering: .acquiring) }

    /// - Parameter freesSpace: Whether the write makes room, and may use the reserve of a full disk for it.
    func write<T: Sendable>(freesSpace: Bool, _ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let write = Write(freesSpace: freesSpace, body: body, continuation: continuation)
            let (isTaken, starts) = state.withLock { state in
                guard state.waiting.count < Self.waitingLimit else { return (false, false) }
                state.waiting.append(write)
                defer { state.isRunning = true }
                return (true, !state.isRunning)
            }
            if !isTaken { write.finish(LaminaError(.unavailable, "too many changes wait for the disk; try again later")) }
            if starts { queue.async { self.drain() } }
        }
    }

    private func drain() {
        while let group = next() {
            // Without its reserve a full disk takes nothing but what makes room, or fits where the catalog has room inside.
            let isTaken = reserve.take() || freePages >= Self.pagesPerWrite * group.count
            let failure = isTaken ? commit(group) : DatabaseError(resultCode: .SQLITE_FULL)
            if let failure, (failure as? DatabaseError)?.resultCode == .SQLITE_FULL {
                commitToFullDisk(group, failure)
            } else {
                for write in group { write.finish(failure) }
            }
            // On a disk with little room the journal has to stay small, and what it takes be given back.
            if reserve.isDiskNearlyFull { checkpoint() }
        }
    }

    /// What the group failed with as a whole.
    private func commit(_ group: [any QueuedWrite]) -> (any Error)? {
        do {
            try database.write { database in
                for write in group {
                    write.perform(database)
                    // A full disk ends the whole transaction; nothing of the group may be committed behind it.
                    guard database.isInsideTransaction else {
                        throw write.failure ?? LaminaError(.inputOutput, "the catalog cannot be written")
                    }
                }
            }
            commits.wrappingAdd(1, ordering: .releasing)
            return nil
        } catch {
            return error
        }
    }

    /// Gives up the reserve for those of a group that make room; the others fail.
    private func commitToFullDisk(_ group: [any QueuedWrite], _ failure: any Error) {
        let deletions = group.filter(\.freesSpace)
        for write in group where !write.freesSpace { write.finish(failure) }
        guard !deletions.isEmpty else { return }
        reserve.giveUp()
        var failure = commit(deletions)
        if failure != nil {
            // The journal itself may have taken all the room.
            checkpoint()
            failure = commit(deletions)
        }
        for write in deletions { write.finish(failure) }
    }

    /// Works the journal into the catalog and empties it. What fails is tried again at the next commit.
    private func checkpoint() { _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) } }

    /// Pages inside the catalog that hold nothing.
    private var freePages: Int {
        let count = try? database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
        return count.flatMap(\.self) ?? 0
    }

    private func next() -> [any QueuedWrite]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isRunning = false
                return nil
            }
            let group = Array(state.waiting.prefix(Self.groupLimit))
            state.waiting.removeFirst(group.count)
            return group
        }
    }
}

private protocol QueuedWrite: AnyObject, Sendable {
    var failure: (any Error)? { get }
    var freesSpace: Bool { get }
    func perform(_ database: Database)
    /// Gives the outcome, or the error of the commit.
    func finish(_ error: (any Error)?)
}

/// A write on its way. Touched by one thread after the other: whoever queued it, then the writer's queue.
private final class Write<T: Sendable>: QueuedWrite, @unchecked Sendable {
    let freesSpace: Bool
    private let body: @Sendable (Database) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private var outcome: Result<T, any Error>?

    init(freesSpace: Bool, body: @escaping @Sendable (Database) throws -> T, continuation: CheckedContinuation<T, any Error>) {
        self.freesSpace = freesSpace
        self.body = body
        self.continuation = continuation
    }

    var failure: (any Error)? {
        if case .failure(let error) = outcome { error } else { nil }
    }

    func perform(_ database: Database) {
        do {
            var value: T?
            try database.inSavepoint {
                value = try body(database)
                return .commit
            }
            outcome = value.map { .success($0) }
        } catch {
            outcome = .failure(error)
        }
    }

    func finish(_ error: (any Error)?) {
        switch (error, outcome) {
        case (let error?, _): continuation.resume(throwing: Self.described(error))
        case (nil, .success(let value)): continuation.resume(returning: value)
        case (nil, .failure(let error)): continuation.resume(throwing: Self.described(error))
        case (nil, nil): continuation.resume(throwing: LaminaError(.inputOutput, "the catalog did not take a change"))
        }
    }

    private static func described(_ error: any Error) -> any Error {
        error is DatabaseError ? LaminaError(.inputOutput, "the catalog cannot be written", cause: error) : error
    }
}
