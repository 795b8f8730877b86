import CLinux
import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Both ends of a pipe that is closed in programs started later. An end that no one takes is closed with this.
final class PipeEnds: Sendable {
    private let ends: Mutex<(read: CInt, write: CInt)>

    /// - Throws: ``LaminaError`` when no more files may be open.
    init() throws {
        var made: [CInt] = [-1, -1]
        guard clinux_pipe(&made) == 0 else { throw LaminaError.system(errno, "cannot make a pipe") }
        ends = Mutex((made[0], made[1]))
    }

    deinit {
        closeReading()
        closeWriting()
    }

    /// The reading end, for as long as this has it; -1 afterwards.
    var reading: CInt { ends.withLock { $0.read } }

    /// The writing end, for as long as this has it; -1 afterwards.
    var writing: CInt { ends.withLock { $0.write } }

    /// Gives the reading end away, to whoever closes it.
    func takeReading() -> CInt {
        ends.withLock { ends in
            defer { ends.read = -1 }
            return ends.read
        }
    }

    func closeReading() { ends.withLock { Self.close(&$0.read) } }

    func closeWriting() { ends.withLock { Self.close(&$0.write) } }

    /// Writes bytes in one go.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` with the message where the pipe does not take all of them.
    func write(_ bytes: [UInt8], explaining message: String) throws {
        try ends.withLock { ends in
            guard Glibc.write(ends.write, bytes, bytes.count) == bytes.count else { throw LaminaError.system(errno, message) }
        }
    }

    /// What is in the pipe, or is next to come where it is empty: at most 64 KiB; nothing at its end.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(reading, &buffer, buffer.count)
        return Array(buffer.prefix(max(0, count)))
    }

    /// The same, without waiting where it is empty.
    func readWithoutWaiting() -> [UInt8] {
        let reading = reading
        guard reading >= 0 else { return [] }
        _ = fcntl(reading, F_SETFL, fcntl(reading, F_GETFL) | O_NONBLOCK)
        return read()
    }

    /// Gives the writing end to a user, who may then open it by its name in /dev.
    func giveWriting(to user: uid_t) { _ = fchown(writing, user, user) }

    private static func close(_ descriptor: inout CInt) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
