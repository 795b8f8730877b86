import LaminaErrors
import Testing

/// Expects an error of a kind, whose message names something.
func expectError<T>(
    _ code: LaminaError.Code, naming text: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> T
) async {
    let error = await #expect(throws: LaminaError.self, sourceLocation: sourceLocation) { _ = try await body() }
    #expect(error?.code == code, "\(String(describing: error))", sourceLocation: sourceLocation)
    #expect(error?.message.contains(text) != false, "\(String(describing: error))", sourceLocation: sourceLocation)
}
