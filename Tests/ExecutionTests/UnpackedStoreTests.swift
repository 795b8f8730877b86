import Checksum
import LaminaErrors
import SystemPackage
import TestSupport
import Testing
import ZipArchive

@testable import Execution

@Suite struct UnpackedStoreTests {
    @Test func aZipThatMayHaveChangedIsKeptOnlyUnderItsOwnHash() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("a.zip")
            let written = try await ZipWriter().write([ZipContent(path: "a.txt", source: .bytes(Array("a".utf8)))], to: zip)
            let store = try UnpackedStore(root: folder.appending("unpacked"), sizeLimit: 1 << 30, ageLimit: .seconds(3600))
            let other = SHA256Digest(of: []).hexadecimal
            let error = await #expect(throws: LaminaError.self) {
                _ = try await store.lease(other, isFixed: false) { zip }
            }
            #expect(error?.code == .hashMismatch)
            #expect(try folder.appending("unpacked").list().filter { $0.hasPrefix(other) || $0.hasSuffix(".partial") } == [])
            let tree = try await store.lease(written.digest.hexadecimal, isFixed: false) { zip }
            #expect(try tree.list() == ["a.txt"])
            await store.release(written.digest.hexadecimal)
        }
    }
}
