/// What became of one module or package when a runtime's interpreter imported it.
public enum ImportOutcome: Sendable, Hashable {
    case imported
    /// It raised: the exception's type and text, as in `ImportError` and `libGL.so.1: cannot open shared object file: No such file or directory`.
    case failed(type: String, message: String)
    /// It stopped where a package was missing that Lambda's runtime brings and this machine's interpreter does not, such as boto3: no proof
    /// of anything.
    case needsRuntimePackage(String)
    /// Its process was ended by a signal, as by 11 when it read where nothing is.
    case killed(signal: Int)
    /// Its process ended by itself before the import did.
    case exited(status: Int)
    case timedOut
}

/// The outcome of one module.
public struct ImportResult: Sendable, Hashable {
    public let module: String
    public let outcome: ImportOutcome
}

extension ImportOutcome: CustomStringConvertible {
    /// One line and more, as the interpreter would say it.
    public var description: String {
        switch self {
        case .imported: "imported"
        case .failed(let type, let message): message.isEmpty ? type : "\(type): \(message)"
        case .needsRuntimePackage(let name): "needs \(name), which Lambda's runtime brings and this machine's interpreter has not"
        case .killed(let signal): "killed by signal \(signal)\(signal == 11 ? " (segmentation fault)" : "")"
        case .exited(let status): "the process ended with status \(status) during the import"
        case .timedOut: "did not end in time"
        }
    }
}
