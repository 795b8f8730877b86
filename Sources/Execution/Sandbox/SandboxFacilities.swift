import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import Logging
import Storage
import SystemPackage

/// What this machine has for the sandboxes of one server.
final class SandboxFacilities: Sendable {
    let network: FunctionNetwork
    let processors: FunctionProcessors
    let cgroups: CgroupParent?
    let volumes: VolumeTemplates
    let namespaces: NamespaceSupply
    /// The file for /etc/resolv.conf.
    let resolver: FilePath?
    private let logger: Logger
    /// Whether ``network`` is the user's choice and not this machine's.
    let isNetworkChosen: Bool

    /// Clears what an earlier server left in its cgroups.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when a network was asked for that needs a tool.
    init(_ settings: ExecutionSettings, logger: Logger) throws {
        self.logger = logger
        processors = settings.processors
        let slirp = Result { try ToolPath.find("slirp4netns", install: "--function-network nat needs it (apt-get install slirp4netns)") }
        isNetworkChosen = settings.network != nil
        network = settings.network ?? ((try? slirp.get()) == nil ? .none : .nat)
        namespaces = NamespaceSupply(network, slirp: network == .nat ? try slirp.get() : nil, logger: logger)
        volumes = VolumeTemplates(folder: settings.folder.appending("volumes"), logger: logger)
        cgroups = CgroupParent(of: settings.folder)
        resolver = try Self.resolver(network, settings.folder)
    }

    /// Tries what can be tried, makes what is needed ahead, and says once what functions have not, and what to do for it.
    ///
    /// - Throws: ``LaminaError`` `unavailable` when a network was asked for that this machine does not let functions have.
    func prepare() async throws {
        async let volumes: Void = volumes.prepare()
        await namespaces.prove()
        await volumes
        let obstacle = await namespaces.obstacle
        if isNetworkChosen, let obstacle {
            throw LaminaError(.unavailable, "functions cannot have --function-network nat; choose none or host", cause: obstacle)
        }
        if obstacle == nil, let networkChoice { logger.info("\(networkChoice)") }
        for notice in await notices() { logger.notice("\(notice)") }
    }

    /// The program that makes sandboxes.
    ///
    /// - Throws: ``LaminaError`` `toolMissing`.
    static func bubblewrap() throws -> FilePath {
        try ToolPath.find("bwrap", install: "functions run in it (apt-get install bubblewrap)")
    }

    func close() async {
        await namespaces.close()
        if let cgroups { try? await onBlockingThread { cgroups.remove() } }
    }

    /// Writes the file of name servers; nil where there are none.
    private static func resolver(_ network: FunctionNetwork, _ folder: FilePath) throws -> FilePath? {
        let text: String
        switch network {
        case .none: return nil
        case .nat: text = "nameserver 10.0.2.3\n"
        case .host: text = (try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)) ?? ""
        }
        let path = folder.appending("resolv.conf")
        try SharedFile.write(text, to: path)
        return path
    }
}
