import SystemPackage
import TestSupport
import Testing

@testable import ContainerImages

struct RootMountPointsTests {
    @Test func severalMayMakeThemAtTheSameTime() async throws {
        try await withTemporaryFolder { folder in
            for number in 0..<20 {
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    let skeleton = folder.appending("\(number)/skeleton")
                    for _ in 0..<4 {
                        group.addTask {
                            try RootMountPoints.make(in: skeleton)
                            return RootMountPoints.areThere(in: skeleton)
                        }
                    }
                    for try await isThere in group { #expect(isThere) }
                }
                #expect(try folder.appending("\(number)").list() == ["skeleton"])
            }
        }
    }
}
