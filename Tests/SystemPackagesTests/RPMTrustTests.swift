import Foundation
import LaminaErrors
import SystemPackage
import SystemPackages
import TestSupport
import Testing

/// What is not what the repository's metadata announced, or its owner signed, never comes to the cache.
@Suite struct RPMTrustTests {
    @Test func aPackageOfAnotherHashIsRefusedAndNamed() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            try rpm.write(try rpm.read() + [0])
            await expectError(.hashMismatch, naming: "alpha-1.0-1.x86_64.rpm") { try await bench.find(["libalpha.so.1"]) }
            #expect(bench.cached().allSatisfy { $0.contains("primary.xml") })
        }
    }

    @Test func aListOfPackagesOfAnotherHashIsRefused() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            let name = try #require(try bench.repository.appending("repodata").list().first { $0.contains("primary.xml") })
            let list = bench.repository.appending("repodata/\(name)")
            try list.write(try list.read() + [0])
            await expectError(.hashMismatch, naming: "primary.xml") { try await bench.find(["libalpha.so.1"]) }
            #expect(bench.cached().isEmpty)
        }
    }

    @Test(arguments: ["", "<repomd/>", "<html>Sign in</html>", "no XML <"]) func metadataThatIsNoneIsRefused(_ text: String) async throws {
        try await withRPMBench { bench in
            try bench.repository.appending("repodata/repomd.xml").write(text)
            await expectError(.corrupt) { try await bench.find(["libalpha.so.1"]) }
        }
    }

    @Test func packagesSignedByAGivenKeyAreTaken() async throws {
        try await withRPMBench { bench in
            try await Signer.with(in: bench.folder.appending("k")) { signer in
                let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
                try await signer.sign(package: rpm)
                try await bench.index()
                try await signer.sign(metadata: bench.repository)
                let found = try await bench.find(["libalpha.so.1"], signatures: .packagesAndMetadata(keys: [signer.publicKey]))
                #expect(found.libraries.count == 1)
            }
        }
    }

    @Test func anUnsignedPackageIsRefusedWhereSignaturesAreRequired() async throws {
        try await withRPMBench { bench in
            try await Signer.with(in: bench.folder.appending("k")) { signer in
                try await bench.package(of: "libalpha.so.1", in: "alpha")
                try await bench.index()
                await expectError(.unsafe, naming: "alpha 1.0-1") {
                    try await bench.find(["libalpha.so.1"], signatures: .packages(keys: [signer.publicKey]))
                }
            }
        }
    }

    @Test func aPackageSignedByAnotherKeyIsRefused() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await Signer.with(in: bench.folder.appending("s")) { try await $0.sign(package: rpm) }
            try await bench.index()
            try await Signer.with(in: bench.folder.appending("k")) { signer in
                await expectError(.unsafe, naming: "alpha 1.0-1") {
                    try await bench.find(["libalpha.so.1"], signatures: .packages(keys: [signer.publicKey]))
                }
            }
        }
    }

    @Test func changedMetadataIsRefusedByItsSignature() async throws {
        try await withRPMBench { bench in
            try await Signer.with(in: bench.folder.appending("k")) { signer in
                try await signer.sign(package: try await bench.package(of: "libalpha.so.1", in: "alpha"))
                try await bench.index()
                try await signer.sign(metadata: bench.repository)
                let repomd = bench.repository.appending("repodata/repomd.xml")
                try repomd.write(try repomd.read() + Array("<!-- -->".utf8))
                // Even where only packages have to be signed: there is a signature, and it is not good.
                await expectError(.unsafe, naming: "repomd.xml") {
                    try await bench.find(["libalpha.so.1"], signatures: .packages(keys: [signer.publicKey]))
                }
            }
        }
    }

    @Test func unsignedMetadataIsRefusedWhereItHasToBeSigned() async throws {
        try await withRPMBench { bench in
            try await Signer.with(in: bench.folder.appending("k")) { signer in
                try await signer.sign(package: try await bench.package(of: "libalpha.so.1", in: "alpha"))
                try await bench.index()
                await expectError(.unsafe, naming: "has no signature") {
                    try await bench.find(["libalpha.so.1"], signatures: .packagesAndMetadata(keys: [signer.publicKey]))
                }
                let found = try await bench.find(["libalpha.so.1"], signatures: .packages(keys: [signer.publicKey]))
                #expect(found.libraries.count == 1)
            }
        }
    }

    @Test func signaturesWithoutAKeyCannotBeRequired() async throws {
        try await withRPMBench { bench in
            try await bench.package(of: "libalpha.so.1", in: "alpha")
            try await bench.index()
            await expectError(.invalidArgument) { try await bench.find(["libalpha.so.1"], signatures: .packages(keys: [])) }
        }
    }
}
