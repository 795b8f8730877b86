import Foundation
import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The one thread that starts sandboxes.
///
/// A sandbox dies with its parent by `PR_SET_PDEATHSIG`, and that means the parent *thread*: one of a pool may end at any time, this one ends with the process.
final class SpawnThread: Sendable {
    static let shared = SpawnThread()

    private let requests = Mutex<[@Sendable () -> Void]>([])
    private let signal = DispatchSemaphore(value: 0)

    private init() {
        Thread.detachNewThread { [self] in
            while true {
                signal.wait()
                requests.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
            }
        }
    }

    /// Starts a program with just the given descriptors.
    ///
    /// - Parameter descriptors: From 0 on, what each number stands for in the child.
    func spawn(_ program: String, _ arguments: [String], descriptors: [CInt]) async throws -> pid_t {
        try await withCheckedThrowingContinuation { continuation in
            requests.withLock { requests in
                requests.append { continuation.resume(with: Result { try Self.spawn(program, arguments, descriptors) }) }
            }
            signal.signal()
        }
    }

    private static func spawn(_ program: String, _ arguments: [String], _ descriptors: [CInt]) throws -> pid_t {
        // Copies above the numbers that the child shall have, so that no dup2 overwrites what a later one copies.
        let sources = try descriptors.map { descriptor in
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, CInt(descriptors.count))
            guard copy >= 0 else { throw LaminaError.system(errno, "cannot copy a descriptor") }
            return copy
        }
        defer { for source in sources { close(source) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, source) in sources.enumerated() { posix_spawn_file_actions_adddup2(&actions, source, CInt(number)) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that a Ctrl-C at the terminal reaches the server only; signals as a fresh process has them.
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        // Nothing of the server's environment: what the function sees goes by bubblewrap's own arguments.
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process: pid_t = 0
        let result = posix_spawn(&process, program, &actions, &attributes, &argv, &environment)
        guard result == 0 else { throw LaminaError.system(result, "cannot start \(program)") }
        return process
    }
}
