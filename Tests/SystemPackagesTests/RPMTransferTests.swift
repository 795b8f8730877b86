import Foundation
import HTTPTransfer
import LambdaModel
import LaminaErrors
import SystemPackage
import SystemPackages
import TestSupport
import Testing

@Suite struct RPMTransferTests {
    @Test func anInterruptedDownloadGoesOnWhereItStopped() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            let half = try rpm.read().count / 2
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log"), cut: ".rpm") { server in
                let found = try #require(try await bench.find(["libalpha.so.1"], at: server.url).libraries.first)
                #expect(try found.file.read() == bench.folder.appending("sources/x86_64-1.0-libalpha.so.1").read())
                #expect(found.package.origin == "\(server.url)/alpha-1.0-1.x86_64.rpm")
                let requests = try server.requests().filter { $0.contains(".rpm") }
                #expect(requests == ["/alpha-1.0-1.x86_64.rpm -", "/alpha-1.0-1.x86_64.rpm bytes=\(half)-"])
            }
            #expect(bench.cached().allSatisfy { !$0.contains("partial") })
        }
    }

    @Test func aDownloadThatNeverEndsIsGivenUpAndGoneOnWithTheNextTime() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log"), cut: ".rpm", times: 100) { server in
                let source = RPMRepository(
                    server.url, signatures: .none, cache: bench.cache, schedule: RetrySchedule(attempts: 3, base: 2, limit: 4))
                await expectError(.network, naming: "alpha-1.0-1.x86_64.rpm") {
                    try await source.libraries(["libalpha.so.1"], architecture: .x86_64, progress: { _ in })
                }
                let requests = try server.requests()
                #expect(requests.count { $0.contains(".rpm") } == 3)
            }
            #expect(bench.cached().allSatisfy { $0.contains("primary.xml") || $0.hasPrefix("partial/") })
            let size = try rpm.read().count
            let had = size - (size + 7) / 8
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log")) { server in
                #expect(try await bench.find(["libalpha.so.1"], at: server.url).libraries.count == 1)
                let requests = try server.requests().filter { $0.contains(".rpm") }
                #expect(requests == ["/alpha-1.0-1.x86_64.rpm bytes=\(had)-"])
            }
            #expect(bench.cached().allSatisfy { !$0.contains("partial") })
        }
    }

    @Test func aServerWithoutRangesSendsTheWholeAgain() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log"), cut: ".rpm", ranges: false) { server in
                #expect(try await bench.find(["libalpha.so.1"], at: server.url).libraries.count == 1)
                let requests = try server.requests()
                #expect(requests.count { $0.contains(".rpm") } == 2)
            }
        }
    }

    @Test func aPackageThatIsNotThereIsNamedAndLeavesNothing() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            try FileManager.default.removeItem(atPath: rpm.string)
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log")) { server in
                await expectError(.notFound, naming: "alpha-1.0-1.x86_64.rpm answers with status 404") {
                    try await bench.find(["libalpha.so.1"], at: server.url)
                }
            }
            #expect(bench.cached().allSatisfy { $0.contains("primary.xml") })
        }
    }

    @Test func aPackageLongerThanAnnouncedIsNotFetchedToItsEnd() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            try rpm.write(try rpm.read() + [UInt8](repeating: 0, count: 1 << 20))
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log")) { server in
                await expectError(.limitExceeded, naming: "alpha-1.0-1.x86_64.rpm") {
                    try await bench.find(["libalpha.so.1"], at: server.url)
                }
            }
            #expect(bench.cached().allSatisfy { $0.contains("primary.xml") })
        }
    }

    @Test func whatIsCachedIsNotFetchedAgain() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log")) { server in
                let first = try await bench.find(["libalpha.so.1"], at: server.url)
                let before = try server.requests().count
                let second = try await bench.find(["libalpha.so.1"], at: server.url)
                #expect(second == first)
                let requests = try server.requests()
                #expect(requests.dropFirst(before) == ["/repodata/repomd.xml -"])
            }
        }
    }

    @Test func theFirstMirrorThatAnswersIsTaken() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            try await FlakyServer.serve(bench.folder, log: bench.folder.appending("log")) { server in
                try bench.folder.appending("x86_64/mirror.list").write("\(server.url)/gone/\n\n\(server.url)/repository/\n")
                let found = try await bench.find(["libalpha.so.1"], at: "\(server.url)/$basearch/mirror.list")
                #expect(found.libraries.map(\.package.origin) == ["\(server.url)/repository/alpha-1.0-1.x86_64.rpm"])
            }
        }
    }

    @Test func aRemoteRepositoryDoesNotReachThisMachinesFiles() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index(["--baseurl", "file://\(bench.repository)"])
            try await FlakyServer.serve(bench.repository, log: bench.folder.appending("log")) { server in
                await expectError(.unsafe, naming: "file://") { try await bench.find(["libalpha.so.1"], at: server.url) }
            }
        }
    }
}
