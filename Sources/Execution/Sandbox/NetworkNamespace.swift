import CLinux
import Foundation
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// A sandbox's own network, which has nothing but a loopback.
enum NetworkNamespace {
    /// A socket that listens at a loopback port inside the namespace of a process.
    ///
    /// A thread of its own enters the namespace and ends; the socket stays in it.
    static func listen(in process: pid_t, port: UInt16) async throws -> CInt {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try enterAndListen(process, port) })
            }
        }
    }

    /// Moves the calling thread into the namespace of a process.
    static func enter(_ process: pid_t) throws {
        let namespace = open("/proc/\(process)/ns/net", O_RDONLY | O_CLOEXEC)
        guard namespace >= 0 else { throw LaminaError.system(errno, "cannot open the sandbox's network") }
        defer { close(namespace) }
        guard clinux_enter_network_namespace(namespace) == 0 else { throw LaminaError.system(errno, "cannot enter the sandbox's network") }
    }

    private static func enterAndListen(_ process: pid_t, _ port: UInt16) throws -> CInt {
        try enter(process)
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw LaminaError.system(errno, "cannot make a socket in the sandbox") }
        // bubblewrap tells of its child before it has brought the loopback up: for an instant of that its address cannot be bound.
        var anyAddress: CInt = 1
        setsockopt(socket, CInt(IPPROTO_IP), IP_FREEBIND, &anyAddress, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard bound == 0, Glibc.listen(socket, 16) == 0 else {
            let code = errno
            close(socket)
            throw LaminaError.system(code, "cannot listen in the sandbox")
        }
        return socket
    }
}
