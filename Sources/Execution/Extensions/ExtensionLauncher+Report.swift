#if canImport(Glibc)
import Glibc
#endif

extension ExtensionLauncher {
    /// What the shell tells.
    enum Report: Equatable {
        /// The runtime's process, by its number inside the sandbox.
        case runtimeStarted(pid_t)
        /// With the status that a shell would show.
        case runtimeExited(Int)
        case extensionExited(Int, Int)

        /// Nil for what the shell never tells: any process of the sandbox may have written the line.
        ///
        /// - Parameters:
        ///   - line: `start PROCESS`, `exit STATUS`, or `NUMBER STATUS`.
        ///   - count: Of the extensions.
        init?(line: String, count: Int) {
            let words = line.split(separator: " ")
            guard words.count == 2 else { return nil }
            switch words[0] {
            case "start":
                guard let process = pid_t(words[1]), process > 0 else { return nil }
                self = .runtimeStarted(process)
            case "exit":
                guard let status = UInt8(words[1]) else { return nil }
                self = .runtimeExited(Int(status))
            default:
                guard let number = Int(words[0]), (0..<count).contains(number), let status = UInt8(words[1]) else { return nil }
                self = .extensionExited(number, Int(status))
            }
        }
    }
}
