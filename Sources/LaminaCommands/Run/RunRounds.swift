import ArgumentParser
import Execution
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// Sends the events to a function, one after the other, and again whenever something changes.
struct RunRounds: Sendable {
    let executor: FunctionExecutor
    let source: RunSource
    let events: [RunEvent]
    let count: Int
    let format: RunFormat

    /// - Throws: ``ExitCode`` 1 where an invocation failed and nothing is watched; ``LaminaError``, `APIError`.
    func run(watching: Bool) async throws {
        guard watching else {
            do {
                if try await runOnce() { throw ExitCode(1) }
            } catch let error as UnreadAnswer {
                throw error.cause
            }
            return
        }
        var watcher = SourceWatcher(passingOver: RunContent.passedOver)
        while true {
            let watched = source.watched
            try watcher.watch(watched.folders, files: watched.files + events.compactMap(\.file), outputs: [])
            do {
                _ = try await runOnce()
            } catch let error as UnreadAnswer {
                throw error.cause
            } catch let error where error is LaminaError || error is APIError {
                try Task.checkCancellation()
                // What is wrong now may be mended by the next change.
                Self.say("lamina: \((error as? APIError)?.message ?? "\(error)")")
            }
            Self.say("--- watching for changes; Ctrl-C ends ---")
            try await watcher.change()
            Self.say("--- changed: running again ---")
        }
    }

    /// An answer that could not be written: no change of the function mends that.
    private struct UnreadAnswer: Error {
        var cause: any Error
    }

    /// - Returns: Whether an invocation failed.
    /// - Throws: ``UnreadAnswer`` besides.
    private func runOnce() async throws -> Bool {
        let payloads = try events.map { try $0.payload() }
        let (function, content) = try await source.load()
        return try await finishing {
            var hasFailed = false
            for _ in 0..<count {
                for payload in payloads {
                    try Task.checkCancellation()
                    let invocation = Invocation(
                        requestID: RandomID.make(), payload: payload, clientContext: nil, functionARN: function.arn)
                    let result = try await executor.invoke(function, content: content, invocation, reservedConcurrency: nil)
                    hasFailed = hasFailed || result.isError
                    do {
                        try format.print(result)
                    } catch {
                        throw UnreadAnswer(cause: error)
                    }
                }
            }
            return hasFailed
        } with: {
            // What is edited shall be seen by the next start, and not by what is running.
            await executor.retire(function.arn)
        }
    }

    private static func say(_ line: String) { StandardError.write(line + "\n") }
}
