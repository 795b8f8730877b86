import LaminaErrors
import Testing

@testable import SystemPackages

@Suite struct PackageTreeTests {
    private func contents(_ entries: [(String, PackageArchive.Entry.Kind)]) throws -> [String: String] {
        var tree = PackageTree(name: "test")
        for (path, kind) in entries { _ = try tree.admit(PackageArchive.Entry(path: path, kind: kind)) }
        return Dictionary(uniqueKeysWithValues: tree.contents().libraries.map { ($0.path, $0.file) })
    }

    @Test func symlinksLeadToFilesThroughFoldersThatAreSymlinks() throws {
        let found = try contents([
            ("./lib64", .symlink(target: "usr/lib64")), ("./usr/lib64/liba.so.1", .symlink(target: "../../lib64/private/liba.so.1.2")),
            ("./usr/lib64/private/liba.so.1.2", .file),
        ])
        #expect(found["usr/lib64/liba.so.1"] == "usr/lib64/private/liba.so.1.2")
    }

    @Test func loopsAndDanglingSymlinksLeadNowhere() throws {
        let found = try contents([
            ("usr/lib/liba.so.1", .symlink(target: "libb.so.1")), ("usr/lib/libb.so.1", .symlink(target: "liba.so.1")),
            ("usr/lib/libc.so.1", .symlink(target: "libd.so.1")), ("usr/lib/libe.so.1", .symlink(target: "")),
        ])
        #expect(found.isEmpty)
    }

    @Test func hardLinksHaveTheirBytesInEitherPlace() throws {
        let tar = try contents([
            ("usr/lib/liba.so.1", .file), ("usr/lib/libb.so.1", .hardlink(target: "usr/lib/liba.so.1", hasBytes: false)),
        ])
        #expect(tar == ["usr/lib/liba.so.1": "usr/lib/liba.so.1", "usr/lib/libb.so.1": "usr/lib/liba.so.1"])
        let cpio = try contents([
            ("./usr/lib/liba.so.1", .file), ("./usr/lib/libb.so.1", .hardlink(target: "./usr/lib/liba.so.1", hasBytes: true)),
        ])
        #expect(cpio == ["usr/lib/liba.so.1": "usr/lib/libb.so.1", "usr/lib/libb.so.1": "usr/lib/libb.so.1"])
    }

    @Test func whatIsNoLibraryIsNotUnpacked() throws {
        let found = try contents([
            ("usr/bin/tool.so.1", .file), ("etc/libx.so.1", .file), ("usr/lib64/pkgconfig/x.pc", .file), ("libx.so", .file),
            ("usr/lib/device.so.1", .other), ("usr/lib64/x.so.d", .directory),
        ])
        #expect(found.isEmpty)
    }

    @Test(arguments: ["../x", "/usr/lib/x.so", "usr/../../x", "usr/lib/.."]) func pathsThatLeaveTheRootAreRefused(_ path: String) {
        for kind in [PackageArchive.Entry.Kind.file, .directory, .symlink(target: "x"), .other] {
            let error = #expect(throws: LaminaError.self) { try contents([(path, kind)]) }
            #expect(error?.code == .unsafe)
        }
    }
}
