import Foundation
import LambdaModel
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// How a sandbox runs several processes: a shell that starts the extensions and, when it is told, the runtime; that tells which of them
/// ended; and that stays until it is ended itself.
final class ExtensionLauncher: Sendable {
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
        // -p: what the function's own variables ask of a bash is not for this one.
        ["/bin/bash", "-p", "-c", Self.script, "lamina", String(extensions.count)] + extensions.map(\.path) + runtime
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
        Thread.detachNewThread {
            OutputPipe.watch(outputs, beside: reports) { line in
                Report(line: String(decoding: line, as: UTF8.self), count: outputs.count).map(report)
            }
        }
    }
}
