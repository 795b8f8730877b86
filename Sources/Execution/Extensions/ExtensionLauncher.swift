import Foundation
import LambdaModel
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// How a sandbox runs several processes: a shell that starts the extensions and, when it is told, the runtime; that tells which of them
/// ended; and that stays until it is ended itself.
final class ExtensionLauncher: Sendable {
    /// What the shell tells.
    enum Report: Equatable {
        /// The runtime's process, by its number inside the sandbox.
        case runtimeStarted(pid_t)
        /// With the status that a shell would show.
        case runtimeExited(Int)
        case extensionExited(Int, Int)
        /// There is no such program as the extension's script names.
        case extensionLost(Int)

        /// - Parameters:
        ///   - line: `start PROCESS`, `exit STATUS`, `lost NUMBER`, or `NUMBER STATUS`. A process of the sandbox may have written it.
        ///   - count: Of the extensions.
        init?(line: String, count: Int) {
            let words = line.split(separator: " ")
            guard words.count == 2, let value = Int(words[1]) else { return nil }
            switch words[0] {
            case "start": self = .runtimeStarted(pid_t(truncatingIfNeeded: value))
            case "exit": self = .runtimeExited(value)
            case "lost":
                guard (0..<count).contains(value) else { return nil }
                self = .extensionLost(value)
            default:
                guard let number = Int(words[0]), (0..<count).contains(number) else { return nil }
                self = .extensionExited(number, value)
            }
        }
    }

    /// The shell's ends of the pipes: 9 for reports, 10 for the word to start the runtime, and from 11 on the extensions' output.
    private let (reports, go): (PipeEnds, PipeEnds)
    private let outputs: [PipeEnds]
    private let extensions: [ExternalExtension]

    /// - Parameter user: Whose processes the extensions are, who may then open their output by its name in /dev; nil for this process's.
    init(_ extensions: [ExternalExtension], user: uid_t? = nil) throws {
        self.extensions = extensions
        (reports, go) = (try PipeEnds(), try PipeEnds())
        outputs = try extensions.map { _ in try PipeEnds() }
        if let user { for output in outputs { output.giveWriting(to: user) } }
    }

    /// The sandbox's command in the place of the runtime's.
    func command(_ runtime: [String]) -> [String] {
        ["/bin/bash", "-c", Self.script, "lamina", String(extensions.count)]
            + extensions.flatMap { [$0.path, $0.interpreter ?? ""] } + runtime
    }

    /// What the shell gets from descriptor 9 on.
    var shellDescriptors: [CInt] { [reports.writing, go.reading] + outputs.map(\.writing) }

    /// Closes what only the shell uses.
    func closeShellEnds() {
        go.closeReading()
        for pipe in [reports] + outputs { pipe.closeWriting() }
    }

    /// Lets the runtime start.
    func startRuntime() { try? go.write(Array("\n".utf8), explaining: "cannot start the runtime") }

    /// Watches the reports and the extensions' output on a thread of its own, until the shell is gone.
    func watch(_ log: EnvironmentLog, _ report: @escaping @Sendable (Report) -> Void) {
        let reports = reports.takeReading()
        let outputs = zip(outputs, extensions).map { OutputPipe($0.takeReading(), of: .extension($1.name), to: log) }
        Thread.detachNewThread { Self.read(reports, outputs, report) }
    }

    private static func read(_ reports: CInt, _ outputs: [OutputPipe], _ report: (Report) -> Void) {
        defer { Glibc.close(reports) }
        var lines = LineSplitter()
        var buffer = [UInt8](repeating: 0, count: 512)
        var open = outputs
        while true {
            var watched = ([reports] + open.map(\.descriptor)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&watched, nfds_t(watched.count), -1) >= 0 || errno == EINTR else { return }
            open = zip(open, watched.dropFirst()).filter { $1.revents == 0 || $0.drain() }.map(\.0)
            guard watched[0].revents != 0 else { continue }
            let count = Glibc.read(reports, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            lines.add(buffer[..<count]) { line in
                // What a process wrote before its end is in the log before the end is told.
                for output in open { _ = output.drain() }
                Report(line: String(decoding: line, as: UTF8.self), count: outputs.count).map(report)
            }
        }
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
