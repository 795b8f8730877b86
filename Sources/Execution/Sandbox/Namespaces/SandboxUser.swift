import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A user of this machine that is no one's but one environment's: its sandboxes run as it, and see it as `sbx_user1051`.
///
/// Two environments, of whatever server, are never the same user at a time, so that neither may signal, trace or read the other even where
/// a namespace failed to part them.
final class SandboxUser: Sendable {
    let id: uid_t
    /// A socket at an abstract address that tells others of the number; the kernel gives it up with the process.
    private let claim: CInt

    /// systemd's table of users leaves these to no one (docs/UIDS-GIDS: 0x70000000 and up are unused).
    private static let range: Range<uid_t> = 0x7000_0000..<0x7100_0000
    /// Users of the machine that sandboxes see as what they are: those that own what is bound into them.
    private static let shared: uid_t = 65_536

    /// Whether this process may give a sandbox a user of its own: it is root, where all of them are known.
    static let areAvailable: Bool = {
        guard geteuid() == 0 else { return false }
        // Lines of a first user inside, the first one outside, and how many.
        let mapped = ProcessFile.read("/proc/self/uid_map").split(separator: "\n").compactMap { line -> ClosedRange<UInt64>? in
            let fields = line.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
            return fields.count == 3 && fields[2] > 0 ? fields[0]...(fields[0] + fields[2] - 1) : nil
        }
        return [0...UInt64(shared - 1), UInt64(range.lowerBound)...UInt64(range.upperBound - 1)].allSatisfy { needed in
            mapped.contains { $0.contains(needed.lowerBound) && $0.contains(needed.upperBound) }
        }
    }()

    /// - Throws: ``LaminaError`` `unavailable` when none is free.
    init() throws {
        for _ in 0..<64 {
            let id = uid_t.random(in: Self.range)
            guard let claim = try Self.claim(id) else { continue }
            (self.id, self.claim) = (id, claim)
            return
        }
        throw LaminaError(.unavailable, "no user of this machine is free for a sandbox")
    }

    deinit { close(claim) }

    /// The text of uid_map and gid_map (user_namespaces(7)): root and the machine's own users are themselves, so that files show whose they
    /// are, but for the one whose number a function's user has inside.
    var map: String {
        let inside = uid_t(SandboxArguments.user)
        return "0 0 \(inside)\n\(inside) \(id) 1\n\(inside + 1) \(inside + 1) \(Self.shared - inside - 1)\n"
    }

    /// Nil where another has the number.
    private static func claim(_ id: uid_t) throws -> CInt? {
        let claim = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard claim >= 0 else { throw LaminaError.system(errno, "cannot make a socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = [0] + Array("lamina-user-\(id)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bound = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(claim, $0, size) } }
        if bound == 0 { return claim }
        let code = errno
        close(claim)
        guard code == EADDRINUSE else { throw LaminaError.system(code, "cannot claim a user for a sandbox") }
        return nil
    }
}
