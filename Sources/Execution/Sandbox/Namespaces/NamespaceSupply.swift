import Foundation
import LaminaErrors
import Logging
import SystemPackage

/// Namespaces that are ready for a sandbox, with a way to the world where functions have one.
struct PreparedNamespaces: Sendable {
    let namespaces: SandboxNamespaces
    let translation: NetworkTranslation?
}

/// Makes the namespaces of a server's sandboxes, one set ahead of need.
actor NamespaceSupply {
    private let network: FunctionNetwork
    private let slirp: FilePath?
    private let logger: Logger
    private var spare: Task<PreparedNamespaces, any Error>?
    private var isClosed = false

    /// - Parameter slirp: slirp4netns's program, for ``FunctionNetwork/nat``.
    init(_ network: FunctionNetwork, slirp: FilePath?, logger: Logger) {
        self.network = network
        self.slirp = slirp
        self.logger = logger
    }

    /// A set for a new environment, with a user of its own where users are to be had.
    func take() async throws -> PreparedNamespaces {
        let spare = spare
        self.spare = nil
        if let spare, let prepared = try? await spare.value { return prepared }
        return try await make(for: Self.user())
    }

    /// A set for the next sandbox of an environment.
    func make(for user: SandboxUser?) async throws -> PreparedNamespaces {
        let namespaces = try await SandboxNamespaces.make(for: user, ownsNetwork: network != .host)
        guard network == .nat, let slirp else { return PreparedNamespaces(namespaces: namespaces, translation: nil) }
        let translation = try await NetworkTranslation.start(slirp, namespaces)
        guard await translation.isReady() else {
            translation.end()
            logger.notice("slirp4netns does not start: a function has no network but its loopback")
            return PreparedNamespaces(namespaces: namespaces, translation: nil)
        }
        return PreparedNamespaces(namespaces: namespaces, translation: translation)
    }

    /// Begins to make a spare set, unless there is one.
    func prepare() {
        guard spare == nil, !isClosed else { return }
        spare = Task { try await make(for: Self.user()) }
    }

    /// Ends the spare set.
    func close() async {
        isClosed = true
        await (try? spare?.value)?.translation?.stop()
        spare = nil
    }

    private static func user() throws -> SandboxUser? { SandboxUser.areAvailable ? try SandboxUser() : nil }
}
