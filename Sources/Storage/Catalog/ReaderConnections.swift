import Foundation
import GRDB
import LaminaErrors
import Synchronization
import SystemPackage

/// Connections that only read, taken in turn: as many as threads can read at a time, so that hardly one waits for another.
///
/// GRDB's own pool of readers takes longer to find a free one than a look-up takes.
final class ReaderConnections: Sendable {
    private let connections: [DatabaseQueue]
    private let turn = Atomic<UInt>(0)

    /// - Parameter path: Of a catalog that is open for writing.
    init(_ path: FilePath) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        connections = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
            try DatabaseQueue(path: path.string, configuration: configuration)
        }
    }

    func next() -> DatabaseQueue {
        connections[Int(turn.wrappingAdd(1, ordering: .relaxed).oldValue % UInt(connections.count))]
    }
}
