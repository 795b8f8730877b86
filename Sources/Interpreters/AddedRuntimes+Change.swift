import Foundation
import LambdaModel

extension AddedRuntimes {
    /// What to warn of where the interpreter that was added for a runtime is another than it was then; nil where it has still its version, or
    /// has the runtime's by now.
    ///
    /// - Parameter version: The interpreter's own, as it is now.
    public static func change(
        of runtime: Runtime, to version: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        guard case .interpreter(let path, let before) = (try? load(from: file(environment: environment)))?[runtime],
            before != version, !runtime.accepts(interpreterVersion: version)
        else { return nil }
        return
            "\(path), which was added as \(runtime), was version \(before) and is \(version) by now; name another with 'lamina runtime add \(runtime) --interpreter PATH'"
    }
}
