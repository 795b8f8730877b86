/// Turns one kind of source into the content of a layer.
protocol SourceBuild: Sendable {
    /// Resolves, fetches and places what the source names.
    ///
    /// - Throws: ``LaminaError``; the message is for the user.
    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent
}
