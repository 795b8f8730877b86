import CLinux
import Foundation
import LaminaErrors
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A slirp4netns, which lets a sandbox's network reach the world as any program of this machine does, and never the machine's loopback.
final class NetworkTranslation: Sendable {
    private let process: pid_t
    private let ready: CInt
    /// It ends when this pipe is closed, and so with this process.
    private let exit: Mutex<CInt>

    /// Starts one, as the user that the sandbox is on this machine.
    static func start(_ program: FilePath, _ namespaces: SandboxNamespaces) async throws -> NetworkTranslation {
        var (ready, exit): ([CInt], [CInt]) = ([-1, -1], [-1, -1])
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { for descriptor in [null, ready[1], exit[0]] where descriptor >= 0 { close(descriptor) } }
        guard null >= 0, clinux_pipe(&ready) == 0, clinux_pipe(&exit) == 0 else { throw LaminaError.system(errno, "cannot make a pipe") }
        var arguments = [
            "--configure", "--mtu=65520", "--disable-host-loopback", "--enable-seccomp", "--ready-fd=3", "--exit-fd=4", "--netns-type=path",
            "/proc/self/fd/5", "tap0",
        ]
        // Its own sandbox is for one that runs as root, or as that of a namespace in which root is no one else.
        arguments.insert(namespaces.user == nil ? "--enable-sandbox" : "--userns-path=/proc/self/fd/6", at: 0)
        do {
            let process = try await SpawnThread.shared.start(
                SpawnedProgram(
                    path: program.string, arguments: arguments,
                    descriptors: [null, null, null, ready[1], exit[0], namespaces.network, namespaces.users], user: namespaces.user?.id))
            return NetworkTranslation(process, ready: ready[0], exit: exit[1])
        } catch {
            for descriptor in [ready[0], exit[1]] { close(descriptor) }
            throw error
        }
    }

    private init(_ process: pid_t, ready: CInt, exit: CInt) {
        self.process = process
        self.ready = ready
        self.exit = Mutex(exit)
    }

    deinit { end() }

    /// Waits until the sandbox's network is configured, at most two seconds; false where it is not.
    func isReady() async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [ready] in
                var watched = pollfd(fd: ready, events: Int16(POLLIN), revents: 0)
                var byte: UInt8 = 0
                continuation.resume(returning: poll(&watched, 1, 2000) > 0 && read(ready, &byte, 1) == 1)
            }
        }
    }

    /// Ends it and waits until it is gone.
    func stop() async {
        await withCheckedContinuation { continuation in end { continuation.resume() } }
    }

    /// Ends it; returns at once.
    ///
    /// - Parameter onEnd: Called once it is gone.
    func end(onEnd: @escaping @Sendable () -> Void = {}) {
        let exit = exit.withLock { exit in
            defer { exit = -1 }
            return exit
        }
        guard exit >= 0 else { return onEnd() }
        close(exit)
        kill(process, SIGKILL)
        DispatchQueue.global().async { [process, ready] in
            var status: CInt = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            close(ready)
            onEnd()
        }
    }
}
