import CLinux
import Foundation
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// Sends batches to a listener inside a sandbox, from a thread that has entered its network.
final class TelemetrySender {
    /// How long a listener may take to accept, read or answer.
    private static let patience = timeval(tv_sec: 2, tv_usec: 0)

    private let destination: TelemetrySubscription.Destination
    /// A TCP subscriber's connection, which stays.
    private var connection: CInt?

    /// Moves the calling thread, which must not do anything else, into the sandbox's network.
    init(_ destination: TelemetrySubscription.Destination, in namespaces: SandboxNamespaces) throws {
        self.destination = destination
        guard namespaces.network < 0 || clinux_enter_network_namespace(namespaces.network) == 0 else {
            throw LaminaError.system(errno, "cannot enter the sandbox's network")
        }
    }

    deinit {
        if let connection { close(connection) }
    }

    /// Whether the listener has got the batch.
    func send(_ records: [[UInt8]]) -> Bool {
        switch destination {
        case .tcp(let port):
            guard let socket = connection ?? connect(port) else { return false }
            connection = socket
            if write(Array(records.map { $0 + [UInt8(ascii: "\n")] }.joined()), to: socket) { return true }
            close(socket)
            connection = nil
            return false
        case .http(let port, let path, let method):
            guard let socket = connect(port) else { return false }
            defer { close(socket) }
            let body = [UInt8(ascii: "[")] + records.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
            let head = """
                \(method) \(path) HTTP/1.1\r
                Host: sandbox.localdomain:\(port)\r
                Content-Type: application/json\r
                Content-Length: \(body.count)\r
                Connection: close\r
                \r\n
                """
            return write(Array(head.utf8) + body, to: socket) && isAccepted(socket)
        }
    }

    private func connect(_ port: UInt16) -> CInt? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        var patience = Self.patience
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(socket)
            return nil
        }
        return socket
    }

    private func write(_ bytes: [UInt8], to socket: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Reads the status line.
    private func isAccepted(_ socket: CInt) -> Bool {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        while !line.contains(UInt8(ascii: "\n")), line.count < 1024 {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            line += buffer[..<count]
        }
        let words = line.split(separator: UInt8(ascii: " "))
        return words.count > 1 && (words[1].first == UInt8(ascii: "2") || words[1].first == UInt8(ascii: "3"))
    }
}
