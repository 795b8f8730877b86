import SystemPackage

/// What is being installed: each path once, however many ask for it at the same time.
actor Installations {
    static let shared = Installations()

    private var running: [FilePath: Task<Void, any Error>] = [:]

    /// Runs an installation, or waits for the one of the same path that is under way.
    func once(_ path: FilePath, _ install: @escaping @Sendable () async throws -> Void) async throws {
        if let task = running[path] { return try await task.value }
        let task = Task { try await install() }
        running[path] = task
        defer { running[path] = nil }
        try await task.value
    }
}
