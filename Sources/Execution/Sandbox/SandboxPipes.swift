import CLinux
import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The pipes between a server and one bubblewrap: log, status, block, arguments, filter and result. Whatever is not taken is closed.
final class SandboxPipes: Sendable {
    private struct Ends {
        var read: CInt = -1
        var write: CInt = -1
    }

    private struct State {
        var null: CInt = -1
        var log = Ends()
        var status = Ends()
        var block = Ends()
        var arguments = Ends()
        var filter = Ends()
        var result: Ends?
    }

    private let state = Mutex(State())

    /// - Parameter hasResult: Whether the command gets a descriptor 6 to write to.
    init(hasResult: Bool = false) throws {
        try state.withLock { state in
            state.null = open("/dev/null", O_RDONLY | O_CLOEXEC)
            state.log = try Self.pipe()
            state.status = try Self.pipe()
            state.block = try Self.pipe()
            state.arguments = try Self.pipe()
            state.filter = try Self.pipe()
            if hasResult { state.result = try Self.pipe() }
        }
    }

    deinit {
        closeChildEnds()
        state.withLock { state in
            for end in [\State.log.read, \.status.read, \.block.write, \.arguments.write, \.filter.write] {
                Self.close(&state[keyPath: end])
            }
            if var result = state.result { Self.close(&result.read) }
        }
    }

    /// Standard input, output and error, then 3 for status, 4 for block, 5 for arguments, 6 for the result and 7 for the filter.
    var childDescriptors: [CInt] {
        state.withLock { state in
            [
                state.null, state.log.write, state.log.write, state.status.write, state.block.read, state.arguments.read,
                state.result?.write ?? -1, state.filter.read,
            ]
        }
    }

    /// Gives the log to a user, who may then open it by its name in /dev.
    func giveLog(to user: uid_t) { state.withLock { _ = fchown($0.log.write, user, user) } }

    /// Hands the filter of system calls over.
    func writeFilter(_ program: [UInt8]) throws {
        try state.withLock { state in
            guard Glibc.write(state.filter.write, program, program.count) == program.count else {
                throw LaminaError.system(errno, "cannot hand the sandbox its filter")
            }
            Self.close(&state.filter.write)
        }
    }

    /// Hands the arguments over, each with its zero.
    func writeArguments(_ arguments: [String]) throws {
        guard !arguments.contains(where: { $0.utf8.contains(0) }) else {
            throw LaminaError(.invalidArgument, "an argument of the sandbox has a zero byte")
        }
        let bytes = Array(arguments.map { Array($0.utf8) + [0] }.joined())
        try state.withLock { state in
            // The pipe must take all at once, since its reader does not run yet.
            guard clinux_resize_pipe(state.arguments.write, CInt(max(65_536, bytes.count))) >= bytes.count,
                Glibc.write(state.arguments.write, bytes, bytes.count) == bytes.count
            else { throw LaminaError.system(errno, "cannot hand the sandbox its arguments") }
            Self.close(&state.arguments.write)
        }
    }

    func takeLog() -> CInt { take(\.log.read) }

    func takeStatus() -> CInt { take(\.status.read) }

    /// Lets bubblewrap start its command.
    func release() {
        state.withLock { state in
            _ = Glibc.write(state.block.write, "1", 1)
            Self.close(&state.block.write)
        }
    }

    /// Closes what only the child uses.
    func closeChildEnds() {
        state.withLock { state in
            for end in [\State.null, \.log.write, \.status.write, \.block.read, \.arguments.read, \.filter.read] {
                Self.close(&state[keyPath: end])
            }
            if var result = state.result {
                Self.close(&result.write)
                state.result = result
            }
        }
    }

    /// All that is in the result's pipe now, at most as much as a pipe holds.
    func readResult() -> [UInt8] {
        state.withLock { state in
            guard let result = state.result else { return [] }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            _ = fcntl(result.read, F_SETFL, O_NONBLOCK)
            let count = read(result.read, &buffer, buffer.count)
            return Array(buffer.prefix(max(0, count)))
        }
    }

    private func take(_ end: any WritableKeyPath<State, CInt> & Sendable) -> CInt {
        state.withLock { state in
            defer { state[keyPath: end] = -1 }
            return state[keyPath: end]
        }
    }

    private static func pipe() throws -> Ends {
        var ends: [CInt] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw LaminaError.system(errno, "cannot make a pipe") }
        return Ends(read: ends[0], write: ends[1])
    }

    private static func close(_ descriptor: inout CInt) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
