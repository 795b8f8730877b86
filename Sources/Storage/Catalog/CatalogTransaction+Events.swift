import Foundation
import GRDB
import LambdaModel

extension CatalogTransaction {
    /// Keeps an event until it is deleted.
    public func insert(_ event: QueuedEvent) throws {
        try execute(
            """
            INSERT INTO event (id, account, region, function, qualifier, payload, accepted, attempts, due)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                event.id, event.scope.account, event.scope.region, event.function, event.qualifier, Data(event.payload),
                event.accepted.milliseconds, event.attempts, event.due.milliseconds,
            ])
    }

    /// Of all accounts.
    public func countEvents() throws -> Int { try row("SELECT COUNT(*) FROM event", []) { $0[0] } ?? 0 }

    /// The events that were due first, besides those that are under way.
    public func dueEvents(_ now: Date, besides running: Set<String>, limit: Int) throws -> [QueuedEvent] {
        try rows(
            """
            SELECT id, account, region, function, qualifier, payload, accepted, attempts, due FROM event
            WHERE due <= ? ORDER BY due LIMIT ?
            """, [now.milliseconds, limit + running.count], Self.event
        ).filter { !running.contains($0.id) }
    }

    /// When the next event is due, besides those that are under way.
    public func nextDue(besides running: Set<String>) throws -> Date? {
        try rows("SELECT id, due FROM event ORDER BY due LIMIT ?", [running.count + 1]) { row in
            running.contains(row[0]) ? nil : Date(milliseconds: row[1])
        }.first
    }

    /// Puts an event off to its next attempt.
    public func postpone(_ event: QueuedEvent) throws {
        try execute("UPDATE event SET attempts = ?, due = ? WHERE id = ?", [event.attempts, event.due.milliseconds, event.id])
    }

    public func deleteEvent(_ id: String) throws { try execute("DELETE FROM event WHERE id = ?", [id]) }

    private static func event(_ row: Row) -> QueuedEvent {
        QueuedEvent(
            id: row[0], scope: Scope(account: row[1], region: row[2]), function: row[3], qualifier: row[4],
            payload: Array(row[5] as Data), accepted: Date(milliseconds: row[6]), attempts: row[7],
            due: Date(milliseconds: row[8]))
    }
}
