import Foundation
import Testing

@testable import LayerBuild

@Suite struct NodeLockTests {
    private func lock(_ packages: String) throws -> NodeLock {
        try JSONDecoder().decode(NodeLock.self, from: Data("{\"lockfileVersion\": 3, \"packages\": {\(packages)}}".utf8))
    }

    @Test func foldersAndTarballsOfTheMachineAreLocal() throws {
        let lock = try lock(
            """
            "": {}, "../shared": {"version": "1.0.0"}, "packages/ws": {}, "packages/ws/node_modules/deep": {"version": "1.0.0"},
            "node_modules/shared": {"resolved": "../shared", "link": true}, "node_modules/ws": {"resolved": "packages/ws", "link": true},
            "node_modules/tar": {"resolved": "file:vendor/tar-1.0.0.tgz"}, "node_modules/far": {"resolved": "https://example.org/far.tgz"}
            """)
        #expect(lock.localPaths == ["../shared", "packages/ws", "vendor/tar-1.0.0.tgz"])
        #expect(lock.count == 5)
    }

    @Test func aLinkedFolderOutsideHasToHaveItsDependenciesLocked() throws {
        let open = try lock("\"../shared\": {\"dependencies\": {\"leaf\": \"*\", \"held\": \"*\"}}, \"node_modules/held\": {}")
        #expect(open.unlockedDependencies.map(\.dependency) == ["leaf"])
        let nested = try lock("\"../shared\": {\"dependencies\": {\"leaf\": \"*\"}}, \"../shared/node_modules/leaf\": {}")
        #expect(nested.unlockedDependencies.isEmpty)
    }

    @Test func binariesThatALockLeavesOutAreFound() throws {
        let lock = try lock(
            """
            "node_modules/sharp": {"optionalDependencies": {
                "@img/sharp-linux-x64": "1", "@img/sharp-linux-arm64": "1", "@img/sharp-linuxmusl-x64": "1", "@img/sharp-darwin-x64": "1"}},
            "node_modules/swc": {"optionalDependencies": {"@swc/core-linux-x64-gnu": "1", "@swc/core-linux-x64-musl": "1"}},
            "node_modules/@img/sharp-linux-arm64": {}
            """)
        #expect(lock.missingBinaries(cpu: "x64") == ["@img/sharp-linux-x64", "@swc/core-linux-x64-gnu"])
        #expect(lock.missingBinaries(cpu: "arm64").isEmpty)
    }

    @Test(arguments: [
        ("{\"license\": \"MIT\"}", "MIT"), ("{\"license\": {\"type\": \"ISC\", \"url\": \"x\"}}", "ISC"),
        ("{\"licenses\": [{\"type\": \"MIT\"}, {\"type\": \"GPL-2.0\"}]}", "MIT OR GPL-2.0"), ("{\"license\": 7}", nil), ("{}", nil),
    ])
    func licensesAreReadAsNpmEverHadThem(text: String, license: String?) throws {
        #expect(try JSONDecoder().decode(NodeManifest.self, from: Data(text.utf8)).license == license)
    }

    @Test(arguments: [
        ("file:../x", "../x"), ("link:x", "x"), ("./x", "./x"), ("../x.tgz", "../x.tgz"), ("^1.0.0", nil), ("github:a/b", nil),
        ("git+file:///x", nil), ("workspace:*", nil),
    ])
    func pathsAreToldFromOtherSpecifications(specification: String, path: String?) {
        #expect(NodeManifest.localPath(specification) == path)
    }
}
