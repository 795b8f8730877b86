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
    private var hasTranslated = false
    /// Why functions have no way to the world, though they are to have one; nil as long as they may have.
    private(set) var obstacle: LaminaError?

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
        return PreparedNamespaces(namespaces: namespaces, translation: await translation(of: namespaces))
    }

    private func translation(of namespaces: SandboxNamespaces) async -> NetworkTranslation? {
        guard network == .nat, let slirp, obstacle == nil else { return nil }
        do {
            let translation = try await NetworkTranslation.start(slirp, namespaces)
            hasTranslated = true
            return translation
        } catch let error as LaminaError where error.code == .toolFailed && !hasTranslated {
            obstacle = error
        } catch {
            logger.notice("a function has no network but its loopback: \(error)")
        }
        return nil
    }

    /// Begins to make a spare set, unless there is one.
    func prepare() {
        guard spare == nil, !isClosed else { return }
        spare = Task { try await make(for: Self.user()) }
    }

    /// The same, and waits for it, which tells whether there is an ``obstacle``.
    func prove() async {
        prepare()
        _ = await spare?.result
    }

    /// Ends the spare set.
    func close() async {
        isClosed = true
        await (try? spare?.value)?.translation?.stop()
        spare = nil
    }

    private static func user() throws -> SandboxUser? { SandboxUser.areAvailable ? try SandboxUser() : nil }
}
