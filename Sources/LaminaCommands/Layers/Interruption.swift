import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Runs work that leaves temporary files behind when it is killed: Ctrl-C, a hang-up or a plain kill ends it in order, another at once.
///
/// - Throws: The work's own error, or ``ExitCode`` 128 and the signal's number, as shells count.
func interruptible(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await work() }
    let received = Mutex<Int32?>(nil)
    // One that is ignored from the start stays so, as under nohup.
    let signals = [SIGINT, SIGTERM, SIGHUP].filter { !isIgnored($0) }
    let sources = signals.map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            received.withLock { $0 = $0 ?? number }
            task.cancel()
            // timeout(1) and shells tell a process and then its group: that is one interruption.
            DispatchQueue.global().asyncAfter(deadline: .now() + 1) { signal(number, SIG_DFL) }
        }
        source.resume()
        return source
    }
    defer {
        for source in sources { source.cancel() }
        for number in signals { signal(number, SIG_DFL) }
    }
    do {
        try await task.value
    } catch {
        throw received.withLock(\.self).map { ExitCode(128 + $0) } ?? error
    }
}

private func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    // Handlers are C functions, which Swift compares by their addresses alone.
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
