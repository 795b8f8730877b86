import Foundation
import LayerBuild
import Synchronization
import SystemPackages

/// A build's progress on standard error: one line that renews itself on a terminal, a line a phase elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var phase = ""
        var lastDrawn = ContinuousClock.now - .seconds(1)
        var isDrawn = false
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    /// Shows a step; on a terminal at most ten times a second.
    func show(_ progress: BuildProgress) {
        state.withLock { state in
            if case .note(let text) = progress {
                StandardError.write("\(state.isDrawn ? "\r\u{1b}[K" : "")note: \(text)\n")
                state.isDrawn = false
                return
            }
            let (phase, text) = Self.describe(progress)
            let isNew = phase != state.phase
            state.phase = phase
            if isTerminal {
                guard isNew || ContinuousClock.now - state.lastDrawn > .milliseconds(100) else { return }
                state.lastDrawn = .now
                state.isDrawn = true
                StandardError.write("\r\u{1b}[K\(text)")
            } else if isNew {
                StandardError.write(phase + "\n")
            }
        }
    }

    /// Clears the line.
    func finish() {
        state.withLock { state in
            if state.isDrawn { StandardError.write("\r\u{1b}[K") }
            state.isDrawn = false
        }
    }

    private static func describe(_ progress: BuildProgress) -> (phase: String, text: String) {
        switch progress {
        case .resolving(let source): ("resolving \(source)", "resolving \(source)")
        case .resolved(let packages, let isRemembered):
            ("resolved \(packages) packages\(isRemembered ? " (remembered)" : "")", "resolved \(packages) packages")
        case .fetching(let done, let total): ("fetching", "fetching  \(bar(done, total)) \(done.byteText) of \(max(done, total).byteText)")
        case .installing(let tool): ("installing with \(tool)", "installing with \(tool)")
        case .note(let text): (text, text)
        case .preparing(let package): ("preparing \(package)", "preparing \(package)")
        case .completing(.searching): ("looking for libraries", "looking for libraries")
        case .completing(.fetching(let package, let done, let total)):
            ("fetching \(package)", "fetching  \(bar(done, total)) \(package)")
        case .completing(.unpacking(let package)): ("unpacking \(package)", "unpacking \(package)")
        case .writing(let done, let total): ("writing", "writing   \(bar(done, total)) \(done.byteText) of \(total.byteText)")
        }
    }

    private static func bar(_ done: Int, _ total: Int) -> String {
        let width = 30
        let filled = total > 0 ? min(width, max(0, done * width / total)) : 0
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }
}
