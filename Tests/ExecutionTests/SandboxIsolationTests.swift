import LaminaErrors
import Testing

@testable import Execution

#if canImport(Glibc)
import Glibc
#endif

@Suite struct SandboxIsolationTests {
    @Test func noTwoUsersAreTheSame() throws {
        let users = try (0..<500).map { _ in try SandboxUser() }
        #expect(Set(users.map(\.id)).count == users.count)
        #expect(users.allSatisfy { $0.id > 65_535 })
    }

    /// user_namespaces(7): ranges of a map may not overlap, neither inside nor outside.
    @Test func aUserIsLambdasInsideAndRootAndOthersAreThemselves() throws {
        let user = try SandboxUser()
        let lines = user.map.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
        #expect(lines == [[0, 0, 1051], [1051, Int(user.id), 1], [1052, 1052, 64_484]])
    }

    @Test func theFilterOfSystemCallsIsWholeInstructions() throws {
        let program = try SystemCallFilter.program.get()
        #expect(program.count % 8 == 0)
        // seccomp(2): BPF_MAXINSNS.
        #expect((100...4096).contains(program.count / 8))
    }

    @Test(.enabled(if: geteuid() == 0, "only root makes networks"))
    func aNetworkIsListenedInBeforeThereIsASandbox() async throws {
        let namespaces = try await SandboxNamespaces.make(for: SandboxUser.areAvailable ? SandboxUser() : nil)
        #expect(namespaces.port == 9001)
        let listener = namespaces.takeListener()
        #expect(listener >= 0 && namespaces.takeListener() == -1)
        close(listener)
    }

    @Test func aShareOfTheProcessorsIsInProportionToMemory() {
        #expect(SandboxCgroup.processors(memorySize: 1769) == 1)
        #expect(abs(SandboxCgroup.processors(memorySize: 10_240) - 5.788) < 0.001)
    }
}
