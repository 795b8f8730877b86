import CLinux
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// The pipes between a server and one bubblewrap.
final class SandboxPipes: Sendable {
    let log: PipeEnds
    /// What bubblewrap tells of itself.
    let status: PipeEnds
    private let block: PipeEnds
    private let arguments: PipeEnds
    private let filter: PipeEnds
    private let result: PipeEnds?

    /// - Parameter hasResult: Whether the command gets a descriptor 6 to write to.
    init(hasResult: Bool = false) throws {
        log = try PipeEnds()
        status = try PipeEnds()
        block = try PipeEnds()
        arguments = try PipeEnds()
        filter = try PipeEnds()
        result = hasResult ? try PipeEnds() : nil
    }

    /// Standard input, output and error, then 3 for status, 4 for block, 5 for arguments, 6 for the result and 7 for the filter.
    var childDescriptors: [CInt] {
        [
            NullDevice.descriptor, log.writing, log.writing, status.writing, block.reading, arguments.reading, result?.writing ?? -1,
            filter.reading,
        ]
    }

    /// Hands the filter of system calls over.
    func writeFilter(_ program: [UInt8]) throws {
        try filter.write(program, explaining: "cannot hand the sandbox its filter")
        filter.closeWriting()
    }

    /// Hands the arguments over, each with its zero.
    func writeArguments(_ arguments: [String]) throws {
        guard !arguments.contains(where: { $0.utf8.contains(0) }) else {
            throw LaminaError(.invalidArgument, "an argument of the sandbox has a zero byte")
        }
        let bytes = Array(arguments.map { Array($0.utf8) + [0] }.joined())
        // The pipe must take all at once, since its reader does not run yet.
        let failure = "cannot hand the sandbox its arguments"
        guard clinux_resize_pipe(self.arguments.writing, CInt(max(65_536, bytes.count))) >= bytes.count else {
            throw LaminaError.system(errno, failure)
        }
        try self.arguments.write(bytes, explaining: failure)
        self.arguments.closeWriting()
    }

    /// Lets bubblewrap start its command.
    func release() {
        // A bubblewrap that is gone needs none.
        try? block.write(Array("1".utf8), explaining: "cannot start the sandbox's command")
        block.closeWriting()
    }

    /// Closes what only the child uses.
    func closeChildEnds() {
        for pipe in [log, status, result] { pipe?.closeWriting() }
        for pipe in [block, arguments, filter] { pipe.closeReading() }
    }

    /// All that is in the result's pipe now, at most as much as a pipe holds.
    func readResult() -> [UInt8] { result?.readWithoutWaiting() ?? [] }
}
