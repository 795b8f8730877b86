import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ContainerImages

struct BlobCacheTests {
    /// Files of 1,000 bytes by their age in hours.
    private func fill(_ folder: FilePath, _ ages: [String: Int]) throws {
        for (name, hours) in ages {
            let file = folder.appending(name)
            try file.write([UInt8](repeating: 0, count: 1000))
            var times = [timeval(tv_sec: time(nil) - hours * 3600, tv_usec: 0), timeval(tv_sec: time(nil) - hours * 3600, tv_usec: 0)]
            #expect(utimes(file.string, &times) == 0)
        }
    }

    private func name(_ letter: Character) -> String { String(repeating: letter, count: 64) }

    @Test func whatNobodyHasAskedForInAMonthGoes() async throws {
        try await withTemporaryFolder { folder in
            try fill(folder, [name("a"): 24 * 31, name("b"): 24 * 29, "other": 24 * 31])
            BlobCache(folder).sweep()
            #expect(try folder.list() == [name("b"), "other"])
        }
    }

    @Test func ofTooManyBytesTheLongestUnusedGo() async throws {
        try await withTemporaryFolder { folder in
            try fill(folder, [name("a"): 5, name("b"): 4, name("c"): 3, name("d"): 0, name("e"): 0])
            BlobCache(folder, sizeLimit: 3000).sweep()
            #expect(try folder.list() == [name("c"), name("d"), name("e")])
            // What is in use stays all the same.
            BlobCache(folder, sizeLimit: 0).sweep()
            #expect(try folder.list() == [name("d"), name("e")])
        }
    }
}
