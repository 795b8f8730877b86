import Foundation
import LaminaErrors
import SystemPackage
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

    @Test(.enabled(if: SandboxUser.areAvailable, "only root has users to give"))
    func inTheMachinesNetworkThereAreOwnUsersAndNoOwnNetwork() async throws {
        let namespaces = try await SandboxNamespaces.make(for: SandboxUser(), ownsNetwork: false)
        #expect(namespaces.users >= 0 && namespaces.network == -1 && namespaces.port != 9001)
    }

    @Test(arguments: [
        ("START RequestId: 1\nbwrap: Can't mkdir /x\n", "bwrap: Can't mkdir /x"), ("bwrap: no\n", "bwrap: no"), ("", "it says nothing"),
    ])
    func whatBubblewrapSaysIsTheLastLine(log: String, words: String) {
        #expect(Sandbox.lastLine(of: Array(log.utf8)) == words)
    }

    @Test func aPipesEndsAreClosedWithIt() throws {
        let reading: CInt
        do {
            let pipe = try PipeEnds()
            try pipe.write([1, 2], explaining: "")
            reading = pipe.takeReading()
            #expect(pipe.reading == -1)
        }
        defer { close(reading) }
        var buffer = [UInt8](repeating: 0, count: 8)
        #expect(read(reading, &buffer, 8) == 2)
        // Its end, which comes once the writing end is closed.
        #expect(read(reading, &buffer, 8) == 0)
    }

    @Test func filesOfManyRecordsAreReadToTheirEnd() {
        // The kernel gives a page of it at a time.
        #expect(ProcessFile.bytes("/proc/self/maps").count > 2 * 4096)
        #expect(ProcessFile.read("/proc/no-such-file").isEmpty)
    }

    @Test func filesOfSandboxesAreOpenToAllAndNotWrittenTwice() throws {
        let folder = FilePath(NSTemporaryDirectory()).appending(UUID().uuidString)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try SharedFile.makeFolder(folder)
        let path = folder.appending("hosts")
        try SharedFile.write("x", to: path)
        var first = stat()
        chmod(path.string, 0o600)
        chmod(folder.string, 0o700)
        stat(path.string, &first)
        try SharedFile.makeFolder(folder)
        try SharedFile.write("x", to: path)
        var second = stat()
        stat(path.string, &second)
        #expect(second.st_mode & 0o777 == 0o644 && second.st_ino == first.st_ino)
        stat(folder.string, &second)
        #expect(second.st_mode & 0o777 == 0o755)
        try SharedFile.write("y", to: path)
        stat(path.string, &second)
        #expect(second.st_mode & 0o777 == 0o644)
    }

    @Test(.enabled(if: geteuid() == 0, "only root has cgroups"))
    func theCgroupsOfAKilledProcessCanBeRemoved() async throws {
        let folder = FilePath("/tmp/lamina-run-\(UUID().uuidString)")
        // Where there are none, nothing is to be removed.
        guard let parent = CgroupParent(of: folder) else { return SandboxLeftovers.remove(of: folder) }
        _ = try SandboxCgroup(in: parent, name: "left", SandboxCgroup.Limits(memory: 64 << 20, processors: 1))
        SandboxLeftovers.remove(of: folder)
        #expect(parent.folders.allSatisfy { FileStatus($0.path) == nil })
    }

    @Test func aShareOfTheProcessorsIsInProportionToMemory() {
        #expect(SandboxCgroup.processors(memorySize: 1769) == 1)
        #expect(abs(SandboxCgroup.processors(memorySize: 10_240) - 5.788) < 0.001)
    }
}
