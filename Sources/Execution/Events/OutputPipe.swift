#if canImport(Glibc)
import Glibc
#endif

/// The pipe that a process of an environment writes its output to, read into the environment's log.
///
/// A ``SandboxMonitor`` reads it as it comes; whoever needs what was written up to now drains it.
final class OutputPipe: Sendable {
    /// The pipe's reading end, for `poll(2)`.
    let descriptor: CInt
    private let source: EnvironmentEvent.Source
    private let log: EnvironmentLog

    /// Takes over the pipe's reading end.
    init(_ descriptor: CInt, of source: EnvironmentEvent.Source, to log: EnvironmentLog) {
        self.descriptor = descriptor
        self.source = source
        self.log = log
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        log.connect(descriptor, source)
    }

    deinit {
        log.disconnect(descriptor)
        close(descriptor)
    }

    /// Reads all that is in the pipe now; false once all writers are gone.
    func drain() -> Bool { log.drain(descriptor) }
}
