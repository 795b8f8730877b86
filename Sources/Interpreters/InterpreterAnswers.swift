import LambdaModel
import SystemPackage

/// What programs have told of themselves, each asked once: for a look at many runtimes that the same programs may stand for.
public actor InterpreterAnswers {
    private struct Key: Hashable {
        var program: FilePath
        var family: Runtime.Family
    }

    private var answers: [Key: Result<InterpreterIdentity, any Error>] = [:]

    public init() {}

    /// - Throws: As ``InterpreterIdentity/ask(_:family:)`` does.
    public func ask(_ program: FilePath, family: Runtime.Family) async throws -> InterpreterIdentity {
        let key = Key(program: program.resolved ?? program, family: family)
        if let answer = answers[key] { return try answer.get() }
        do {
            let identity = try await InterpreterIdentity.ask(program, family: family)
            answers[key] = .success(identity)
            return identity
        } catch {
            if !(error is CancellationError) { answers[key] = .failure(error) }
            throw error
        }
    }
}
