import SystemPackage

/// What is being installed: each path once, however many ask for it at the same time.
actor Installations {
    static let shared = Installations()

    private var running: [FilePath: Task<Void, any Error>] = [:]
    private var attempts: Set<FilePath> = []

    /// Runs an installation, or waits for the one of the same path that is under way.
    func once(_ path: FilePath, _ install: @escaping @Sendable () async throws -> Void) async throws {
        if let task = running[path] { return try await task.value }
        let task = Task { try await install() }
        running[path] = task
        defer { running[path] = nil }
        try await task.value
    }

    /// Whether nobody has asked for this path before: for what is tried once a process, since it may well fail again.
    func isFirstAttempt(_ path: FilePath) -> Bool { attempts.insert(path).inserted }
}
