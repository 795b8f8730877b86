import Foundation
import LaminaErrors
import Storage
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A slirp4netns, which lets a sandbox's network reach the world as any program of this machine does, and never the machine's loopback.
///
/// It ends with this.
final class NetworkTranslation: Sendable {
    private let process: pid_t
    /// It ends when this pipe is closed, and so with this process.
    private let exit: PipeEnds
    /// What it says. Where no one reads it, it does not wait: its end of the pipe does not block.
    private let words: PipeEnds
    private let hasEnded = Mutex(false)

    /// Starts one, as the user that the sandbox is on this machine, and waits until the sandbox's network is configured.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` where slirp4netns does not run, with its own words; `unavailable` where it has not done so
    ///   within two seconds.
    static func start(_ program: FilePath, _ namespaces: SandboxNamespaces) async throws -> NetworkTranslation {
        let (ready, exit, words) = (try PipeEnds(), try PipeEnds(), try PipeEnds())
        _ = fcntl(words.writing, F_SETFL, O_WRONLY | O_NONBLOCK)
        var arguments = [
            "--configure", "--mtu=65520", "--disable-host-loopback", "--enable-seccomp", "--ready-fd=3", "--exit-fd=4", "--netns-type=path",
            "/proc/self/fd/5", "tap0",
        ]
        // Its own sandbox is for one that runs as root, or as that of a namespace in which root is no one else.
        arguments.insert(namespaces.user == nil ? "--enable-sandbox" : "--userns-path=/proc/self/fd/6", at: 0)
        let null = NullDevice.descriptor
        let process: pid_t
        do {
            process = try await SpawnThread.shared.start(
                SpawnedProgram(
                    path: program.string, arguments: arguments,
                    descriptors: [null, null, words.writing, ready.writing, exit.reading, namespaces.network, namespaces.users],
                    user: namespaces.user?.id))
        } catch {
            throw LaminaError(.toolFailed, "slirp4netns does not start", cause: error)
        }
        for pipe in [ready, words] { pipe.closeWriting() }
        exit.closeReading()
        let translation = NetworkTranslation(process, exit: exit, words: words)
        try await translation.wait(for: ready)
        return translation
    }

    private init(_ process: pid_t, exit: PipeEnds, words: PipeEnds) {
        (self.process, self.exit, self.words) = (process, exit, words)
    }

    deinit { end() }

    private func wait(for ready: PipeEnds) async throws {
        let isReady = try await onBlockingThread {
            var watched = pollfd(fd: ready.reading, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, 2000) > 0 else {
                throw LaminaError(.unavailable, "slirp4netns takes more than two seconds to configure a network")
            }
            return !ready.read().isEmpty
        }
        guard isReady else {
            throw LaminaError(.toolFailed, "slirp4netns does not run here: \(Sandbox.lastLine(of: words.readWithoutWaiting()))")
        }
    }

    /// Ends it and waits until it is gone; once.
    func stop() async {
        await withCheckedContinuation { continuation in end { continuation.resume() } }
    }

    private func end(onEnd: @escaping @Sendable () -> Void = {}) {
        let isFirst = hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return !hasEnded
        }
        guard isFirst else { return onEnd() }
        exit.closeWriting()
        kill(process, SIGKILL)
        DispatchQueue.global().async { [process] in
            var status: CInt = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            onEnd()
        }
    }
}
