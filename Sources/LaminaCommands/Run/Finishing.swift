/// Does work and then what ends it, whether the work fails or not.
func finishing<T>(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> T, with end: () async -> Void
) async throws -> T {
    do {
        let result = try await work()
        await end()
        return result
    } catch {
        await end()
        throw error
    }
}
