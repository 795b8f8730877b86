import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import ContainerImages

struct LayerUnpackerTests {
    @Test func theLimitIsOneOfAllLayersTogether() async throws {
        try await withTemporaryFolder { folder in
            for number in 0..<40 { try folder.appending("content/\(number)/empty").write("") }
            let tar = folder.appending("layer.tar")
            try await Tool.run("tar", ["-cf", tar.string, "-C", folder.appending("content").string, "."])
            let layer = try FileDigest(of: tar)
            try folder.appending("root/file").write("")
            var unpacker = try LayerUnpacker(folder.appending("root"), limits: .init(bytes: layer.size * 5 / 2))
            for _ in 0..<2 { try unpacker.apply(tar, name: "a layer", diffID: layer.digest) }
            let error = #expect(throws: LaminaError.self) { try unpacker.apply(tar, name: "a layer", diffID: layer.digest) }
            #expect(error?.code == .limitExceeded)
        }
    }
}
