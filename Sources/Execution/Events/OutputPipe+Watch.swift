#if canImport(Glibc)
import Glibc
#endif

extension OutputPipe {
    /// Reads outputs into their logs as they come, and what is told beside them by lines, until that pipe has no writer any more.
    ///
    /// What a process wrote before a line was told is in the log before the line is handed on.
    ///
    /// - Parameter descriptor: The reading end of the pipe with the lines, which is closed at the end.
    static func watch(_ outputs: [OutputPipe], beside descriptor: CInt, _ take: ([UInt8]) -> Void) {
        defer { close(descriptor) }
        var lines = LineSplitter()
        var buffer = [UInt8](repeating: 0, count: 4096)
        var open = outputs
        while true {
            var watched = ([descriptor] + open.map(\.descriptor)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&watched, nfds_t(watched.count), -1) >= 0 || errno == EINTR else { return }
            open = zip(open, watched.dropFirst()).filter { $1.revents == 0 || $0.drain() }.map(\.0)
            guard watched[0].revents != 0 else { continue }
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            lines.add(buffer[..<count]) { line in
                for output in open { _ = output.drain() }
                take(line)
            }
        }
    }
}
