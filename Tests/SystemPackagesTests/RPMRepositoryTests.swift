import Checksum
import ELFFile
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import SystemPackages
import TestSupport
import Testing

@Suite struct RPMRepositoryTests {
    @Test func aLibraryIsFoundByTheNameThatTheLoaderLooksFor() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha", version: "1.4", epoch: 2)
            try await bench.index()
            let found = try await bench.find(["libalpha.so.1"])
            let library = try #require(found.libraries.first)
            #expect(found.missing.isEmpty)
            #expect(library.soname == "libalpha.so.1")
            #expect(try library.file.read() == bench.folder.appending("sources/x86_64-1.4-libalpha.so.1").read())
            #expect(library.package.name == "alpha")
            #expect(library.package.version == "2:1.4-1")
            #expect(library.package.architecture == "x86_64")
            #expect(library.package.license == "MIT and Zlib")
            #expect(library.package.sha256 == SHA256Digest(of: try rpm.read()).hexadecimal)
            #expect(library.package.origin == rpm.string)
            #expect(try library.package.licenseFiles.map { String(decoding: try $0.read(), as: UTF8.self) } == ["as you like\n"])
        }
    }

    @Test func whatLibrariesNeedIsFoundByAskingAgain() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha", needs: ["libbeta.so.2"])
            try await bench.package(of: "libbeta.so.2", in: "beta", needs: ["libgamma.so.3", "libc.so.6"])
            try await bench.package(of: "libgamma.so.3", in: "gamma")
            try await bench.index()
            let source = RPMRepository(bench.repository.string, cache: bench.cache)
            let found = try await Closure.find(["libalpha.so.1"], in: source)
            #expect(found.libraries.map(\.soname) == ["libalpha.so.1", "libbeta.so.2", "libgamma.so.3"])
            #expect(found.missing.isEmpty)
        }
    }

    @Test func theNewestVersionByRPMsOrderIsTaken() async throws {
        try await withRPMBench { bench in
            for version in ["1.9", "1.10", "1.10~rc1"] { try await bench.package(of: "libalpha.so.1", in: "alpha", version: version) }
            try await bench.package(of: "libbeta.so.1", in: "beta", version: "9.0")
            try await bench.package(of: "libbeta.so.1", in: "beta", version: "2.0", epoch: 1)
            try await bench.index()
            let found = try await bench.find(["libalpha.so.1", "libbeta.so.1"])
            #expect(found.libraries.map(\.package.version) == ["1.10-1", "1:2.0-1"])
        }
    }

    @Test func ofSeveralPackagesTheOneWithTheShortestNameIsTaken() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha-compat", version: "9")
            try await bench.package(of: "libalpha.so.1", in: "alpha", version: "2")
            try await bench.package(of: "libalpha.so.1", in: "alphb", version: "3")
            try await bench.index()
            #expect(try await bench.find(["libalpha.so.1"]).libraries.map(\.package.name) == ["alpha"])
        }
    }

    @Test func aNameThatNoPackageProvidesIsReportedAsMissing() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            let found = try await bench.find(["libnone.so.7", "libalpha.so.1", "../libalpha.so.1", ""])
            #expect(found.libraries.map(\.soname) == ["libalpha.so.1"])
            #expect(found.missing == ["libnone.so.7", "../libalpha.so.1", ""])
        }
    }

    @Test func aLibraryWithoutALinkOfItsNameIsKnownByItsSoname() async throws {
        try await withRPMBench { bench in
            let library = try await bench.library("libalpha.so.1")
            try await bench.package("alpha", libraries: ["/usr/lib64/libalpha-1.2.so": library])
            try await bench.index()
            let found = try #require(try await bench.find(["libalpha.so.1"]).libraries.first)
            #expect(try found.file.read() == library.read())
        }
    }

    @Test func eachArchitectureGetsItsOwn() async throws {
        try await withRPMBench { bench in
            for target in ["x86_64", "aarch64"] {
                let library = try await bench.library("libalpha.so.1", target: target)
                try await bench.package("alpha", target: target, libraries: ["/usr/lib64/libalpha.so.1": library])
            }
            try await bench.index()
            let arm = try #require(try await bench.find(["libalpha.so.1"], architecture: .arm64).libraries.first)
            #expect(arm.package.architecture == "aarch64")
            #expect(try arm.file.read().withUnsafeBytes { try ELFFile($0).machine } == .arm64)
        }
    }

    @Test(arguments: ["gz", "xz", "bz2"]) func metadataIsReadHoweverItIsCompressed(_ compression: String) async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index(["--general-compress-type", compression])
            #expect(try await bench.find(["libalpha.so.1"]).missing.isEmpty)
        }
    }

    @Test func aFolderThatIsNoRepositoryIsNamed() async throws {
        try await withRPMBench { bench in
            await expectError(.notFound, naming: "repodata/repomd.xml") { try await bench.find(["libalpha.so.1"]) }
            await expectError(.invalidArgument) { try await bench.find(["x.so"], at: "ftp://host/repo") }
        }
    }
}
