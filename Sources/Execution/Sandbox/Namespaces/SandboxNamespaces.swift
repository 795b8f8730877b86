import CLinux
import Foundation
import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The namespaces of one sandbox that are made before it: its users and its network. bubblewrap makes the others.
final class SandboxNamespaces: Sendable {
    /// Whose process a sandbox is on this machine.
    let user: SandboxUser?
    /// -1 where bubblewrap makes it, for the one user that it may map.
    let users: CInt
    /// -1 for the machine's network.
    let network: CInt
    /// The Runtime API's port in the network.
    let port: UInt16
    private let listener: Mutex<CInt>

    /// The port of the Runtime API in a network of its own. It is listened to at all addresses there, since nothing else reaches them.
    static let runtimePort: UInt16 = 9001

    /// Beside 127.0.0.1, where a function finds what is its own (AWS: the addresses of the Runtime API and of X-Ray's daemon).
    static let address = "169.254.100.1"

    /// Whether bubblewrap makes the network, which is then a loopback and no more.
    private let hasBubblewrapsNetwork: Bool

    private init(
        user: SandboxUser? = nil, users: CInt = -1, network: CInt = -1, listener: CInt = -1, port: UInt16 = 0,
        hasBubblewrapsNetwork: Bool = false
    ) {
        self.hasBubblewrapsNetwork = hasBubblewrapsNetwork
        self.user = user
        self.users = users
        self.network = network
        self.port = port
        self.listener = Mutex(listener)
    }

    deinit {
        for descriptor in [users, network, listener.withLock { $0 }] where descriptor >= 0 { close(descriptor) }
    }

    /// For sandboxes without a Runtime API: a user of their own where there are users to be had, and no network.
    static func withoutRuntime() async throws -> SandboxNamespaces {
        guard SandboxUser.areAvailable else { return SandboxNamespaces(hasBubblewrapsNetwork: true) }
        return try await make(for: SandboxUser())
    }

    /// bubblewrap's options for them; the namespace of users is its descriptor 8.
    var options: [String] {
        // bubblewrap closes the descriptor that is to be kept in step with the sandbox before it runs the command, and no other.
        let users = users >= 0 ? ["--userns", "8", "--sync-fd", "8"] : ["--unshare-user", "--cap-drop", "ALL"]
        return users + (hasBubblewrapsNetwork ? ["--unshare-net"] : [])
    }

    /// Makes the namespaces, and in them the Runtime API's socket.
    ///
    /// - Parameter ownsNetwork: False for the machine's network, where the socket is at a free port of the loopback.
    static func make(for user: SandboxUser?, ownsNetwork: Bool = true) async throws -> SandboxNamespaces {
        try await withCheckedThrowingContinuation { continuation in
            // It becomes another user and enters another network, and so ends afterwards.
            Thread.detachNewThread {
                continuation.resume(with: Result { try makeHere(user, ownsNetwork) })
            }
        }
    }

    /// The socket, which listens; once.
    func takeListener() -> CInt {
        listener.withLock { listener in
            defer { listener = -1 }
            return listener
        }
    }

    private static func makeHere(_ user: SandboxUser?, _ ownsNetwork: Bool) throws -> SandboxNamespaces {
        var (users, network): (CInt, CInt) = (-1, -1)
        var listener: CInt = -1
        do {
            if let user {
                let result =
                    ownsNetwork
                    ? clinux_make_namespaces(user.id, user.map, &users, &network) : clinux_make_namespaces(user.id, user.map, &users, nil)
                guard result == 0 else {
                    throw LaminaError.system(
                        errno, "cannot make the namespaces of a sandbox (the sysctl user.max_user_namespaces limits them)")
                }
            } else if ownsNetwork {
                network = clinux_unshare_network()
                guard network >= 0 else { throw LaminaError.system(errno, "cannot make the network of a sandbox") }
            }
            if ownsNetwork {
                guard user == nil || clinux_enter_network_namespace(network) == 0, clinux_configure_loopback(inet_addr(address)) == 0 else {
                    throw LaminaError.system(errno, "cannot bring up the loopback of a sandbox")
                }
            }
            listener = ownsNetwork ? try listen(INADDR_ANY, port: runtimePort) : try listen(INADDR_LOOPBACK, port: 0)
            return SandboxNamespaces(user: user, users: users, network: network, listener: listener, port: try port(of: listener))
        } catch {
            for descriptor in [users, network, listener] where descriptor >= 0 { close(descriptor) }
            throw error
        }
    }

    private static func listen(_ host: in_addr_t, port: UInt16) throws -> CInt {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw LaminaError.system(errno, "cannot make a socket in the sandbox") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard bound == 0, Glibc.listen(socket, 128) == 0 else {
            let code = errno
            close(socket)
            throw LaminaError.system(code, "cannot listen in the sandbox")
        }
        return socket
    }

    private static func port(of socket: CInt) throws -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        guard result == 0 else { throw LaminaError.system(errno, "cannot tell the port of a sandbox's Runtime API") }
        return UInt16(bigEndian: address.sin_port)
    }
}
