import ArgumentParser
import Dispatch
import Foundation

/// Runs work that leaves temporary files behind when it is killed: Ctrl-C ends it in order, a second Ctrl-C at once.
///
/// - Throws: The work's own error, or ``ExitCode`` 130 after Ctrl-C.
func interruptible(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await work() }
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
        signal(SIGINT, SIG_DFL)
        task.cancel()
    }
    source.resume()
    defer {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
    do {
        try await task.value
    } catch {
        throw task.isCancelled ? ExitCode(128 + SIGINT) : error
    }
}
