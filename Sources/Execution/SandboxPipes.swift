import CLinux
import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The pipes between a server and one bubblewrap: log, status, block and arguments. Whatever is not taken is closed.
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
    }

    private let state = Mutex(State())

    init() throws {
        try state.withLock { state in
            state.null = open("/dev/null", O_RDONLY | O_CLOEXEC)
            state.log = try Self.pipe()
            state.status = try Self.pipe()
            state.block = try Self.pipe()
            state.arguments = try Self.pipe()
        }
    }

    deinit {
        closeChildEnds()
        state.withLock { state in
            for end in [\State.log.read, \.status.read, \.block.write, \.arguments.write] { Self.close(&state[keyPath: end]) }
        }
    }

    /// Standard input, output and error, then 3 for status, 4 for block and 5 for arguments.
    var childDescriptors: [CInt] {
        state.withLock { [$0.null, $0.log.write, $0.log.write, $0.status.write, $0.block.read, $0.arguments.read] }
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
            for end in [\State.null, \.log.write, \.status.write, \.block.read, \.arguments.read] { Self.close(&state[keyPath: end]) }
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
