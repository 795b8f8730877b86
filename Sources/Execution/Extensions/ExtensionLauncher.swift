import CLinux
import Foundation
import LambdaModel
import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// How a sandbox runs several processes: a shell that starts the extensions and, when it is told, the runtime; that tells which of them
/// ended; and that stays until it is ended itself.
final class ExtensionLauncher: Sendable {
    /// The shell's ends of the pipes: 9 for reports, 10 for the word to start the runtime, and from 11 on the extensions' output.
    private struct Descriptors {
        var reports: [CInt]
        var go: [CInt]
        var outputs: [[CInt]]
    }

    private let extensions: [ExternalExtension]
    private let descriptors: Mutex<Descriptors>

    /// - Parameter user: Whose processes the extensions are, who may then open their output by its name in /dev; nil for this process's.
    init(_ extensions: [ExternalExtension], user: uid_t? = nil) throws {
        self.extensions = extensions
        var made: [[CInt]] = []
        do {
            for _ in 0..<extensions.count + 2 { made.append(try Self.pipe()) }
        } catch {
            for descriptor in made.joined() { Glibc.close(descriptor) }
            throw error
        }
        if let user { for pipe in made[2...] { _ = fchown(pipe[1], user, user) } }
        descriptors = Mutex(Descriptors(reports: made[0], go: made[1], outputs: Array(made[2...])))
    }

    deinit {
        closeShellEnds()
        descriptors.withLock { ends in
            for descriptor in ends.reports.prefix(1) + ends.go.suffix(1) + ends.outputs.flatMap({ $0.prefix(1) }) where descriptor >= 0 {
                Glibc.close(descriptor)
            }
        }
    }

    /// The sandbox's command in the place of the runtime's.
    func command(_ runtime: [String]) -> [String] {
        ["/bin/bash", "-c", Self.script, "lamina", String(extensions.count)]
            + extensions.flatMap { [$0.path, $0.interpreter ?? ""] } + runtime
    }

    /// What the shell gets from descriptor 9 on.
    var shellDescriptors: [CInt] {
        descriptors.withLock { ends in [ends.reports[1], ends.go[0]] + ends.outputs.map { $0[1] } }
    }

    /// Closes what only the shell uses.
    func closeShellEnds() {
        descriptors.withLock { ends in
            Self.close(&ends.reports[1])
            Self.close(&ends.go[0])
            for index in ends.outputs.indices { Self.close(&ends.outputs[index][1]) }
        }
    }

    /// Lets the runtime start.
    func startRuntime() { descriptors.withLock { ends in _ = write(ends.go[1], "\n", 1) } }

    /// Watches the reports and the extensions' output on a thread of its own, until the shell is gone.
    func watch(_ log: EnvironmentLog, _ report: @escaping @Sendable (Report) -> Void) {
        let (reports, outputs) = descriptors.withLock { ends in
            let outputs = ends.outputs.enumerated().map { index, pipe in
                OutputPipe(pipe[0], of: .extension(extensions[index].name), to: log)
            }
            defer {
                ends.reports[0] = -1
                for index in ends.outputs.indices { ends.outputs[index][0] = -1 }
            }
            return (ends.reports[0], outputs)
        }
        Thread.detachNewThread {
            OutputPipe.watch(outputs, beside: reports) { line in
                Report(line: String(decoding: line, as: UTF8.self), count: outputs.count).map(report)
            }
        }
    }

    private static func pipe() throws -> [CInt] {
        var ends: [CInt] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw LaminaError.system(errno, "cannot make a pipe") }
        return ends
    }

    private static func close(_ descriptor: inout CInt) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

extension ExtensionLauncher {
    /// What only the runtime has (AWS: "Lambda Extensions API", environment variables).
    private static let runtimeVariables = [
        "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT",
        "_HANDLER",
    ]

    /// Its arguments: how many extensions, the path of each with its interpreter, and the runtime's command.
    ///
    /// Each extension has a subshell that waits for it. The runtime runs in the foreground, since a shell lets those in the background
    /// ignore interrupts. What the shell itself says, such as of a process that was killed, is for no one.
    private static let script = """
        exec 2>/dev/null
        count=$1
        shift
        leave() { local number; for ((number = 9; number < 11 + count; number++)); do eval "exec $number>&-"; done; }
        for ((extension = 0; extension < count; extension++)); do
            path=$1 interpreter=$2
            shift 2
            (
                if [[ -n $interpreter && ! -x $interpreter ]]; then
                    echo "lost $extension" >&9
                    exit
                fi
                (
                    exec >&$((11 + extension)) 2>&1
                    leave
                    cd /
                    unset OLDPWD \(runtimeVariables.joined(separator: " "))
                    ((SHLVL--))
                    exec "$path"
                )
                echo "$extension $?" >&9
            ) &
        done
        read -r _ <&10 || exit 1
        (
            echo "start $BASHPID" >&9
            leave
            ((SHLVL--))
            exec "$@"
        ) 2>&1
        echo "exit $?" >&9
        read -r _ <&10
        """
}
