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
        // -p: what the function's own variables ask of a bash is not for this one.
        ["/bin/bash", "-p", "-c", Self.script, "lamina", String(extensions.count)] + extensions.map(\.path) + runtime
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
