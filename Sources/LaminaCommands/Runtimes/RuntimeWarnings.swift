import Foundation
import Interpreters
import LambdaModel

/// What a user is told on standard error of a runtime that was added.
enum RuntimeWarnings {
    /// Says so where the interpreter is of another version than the runtime's, or does not tell.
    static func checkVersion(_ version: String?, of runtime: Runtime) {
        guard let language = runtime.family.languageName else { return }
        guard let version else {
            return write("warning: \(runtime) will run with whatever \(language) the image has, which does not tell its version")
        }
        guard !runtime.accepts(interpreterVersion: version) else { return }
        write("warning: \(runtime) will run with \(language) \(version): what differs between the two differs from Lambda, too")
    }

    /// Tells what failed beside the work.
    static func tell(_ failures: [any Error]) {
        for failure in failures { write("warning: \(failure)") }
    }

    /// Writes a line.
    static func write(_ text: String) { StandardError.write(text.printable + "\n") }
}
