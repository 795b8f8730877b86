import Foundation
import Subprocess
import Testing

@testable import Execution

#if canImport(Glibc)
import Glibc
#endif

@Suite struct NetworkNamespaceTests {
    /// Says when its loopback has an address and is still down, so that 127.0.0.1 is nobody's; once told to, brings it up and connects.
    static let inside = """
        import fcntl, socket, struct
        loopback = socket.socket()
        fcntl.ioctl(loopback, 0x8916, struct.pack("16sHH4s8x", b"lo", socket.AF_INET, 0, bytes([10, 0, 0, 1])))  # SIOCSIFADDR
        print("inside", flush=True)
        input()
        fcntl.ioctl(loopback, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: up and running
        socket.create_connection(("127.0.0.1", 9001))
        print("connected", flush=True)
        """

    @Test(.enabled(if: geteuid() == 0, "only root may enter the namespace of another process"))
    func aSandboxIsListenedInBeforeItsLoopbackIsUp() async throws {
        let result = try await run(
            .name("unshare"), arguments: ["--net", "python3", "-c", Self.inside], input: .inputWriter, output: .sequence, error: .discarded
        ) { inside in
            var lines = inside.standardOutput.strings().makeAsyncIterator()
            _ = try await lines.next()
            do {
                let socket = try await NetworkNamespace.listen(in: inside.processIdentifier.value, port: 9001)
                defer { close(socket) }
                _ = try await inside.standardInputWriter.write("\n")
                #expect(try await lines.next() == "connected")
            } catch {
                Issue.record(error)
            }
            try await inside.standardInputWriter.finish()
        }
        #expect(result.terminationStatus.isSuccess)
    }
}
