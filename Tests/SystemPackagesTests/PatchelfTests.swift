import ELFFile
import Foundation
import LaminaErrors
import SystemPackage
import SystemPackages
import TestSupport
import Testing

@Suite struct PatchelfTests {
    private func elf(_ path: FilePath) throws -> ELFFile { try path.read().withUnsafeBytes { try ELFFile($0) } }

    @Test(arguments: ["x86_64", "aarch64"]) func namesAndRunPathsAreChanged(_ target: String) async throws {
        try await withRPMBench { bench in
            let file = try await bench.library("libalpha.so.1", needs: ["libbeta.so.2"], target: target)
            let before = try file.read()
            let edit = ELFEdit(
                rpath: "$ORIGIN:$ORIGIN/../lib", soname: "liblayer-alpha.so.1", neededReplacements: ["libbeta.so.2": "liblayer-beta.so.2"])
            let edited = try elf(try await Patchelf(cache: bench.cache).apply(edit, to: file))
            #expect(edited.soname == "liblayer-alpha.so.1")
            #expect(edited.needed == ["liblayer-beta.so.2"])
            #expect(edited.rpaths == ["$ORIGIN", "$ORIGIN/../lib"])
            #expect(edited.runPaths == [])
            #expect(try file.read() == before)
        }
    }

    @Test func theSameEditGivesTheSameBytesAndIsDoneOnce() async throws {
        try await withRPMBench { bench in
            let file = try await bench.library("libalpha.so.1")
            let edit = ELFEdit(rpath: "$ORIGIN")
            let first = try await Patchelf(cache: bench.cache).apply(edit, to: file)
            let time = try FileManager.default.attributesOfItem(atPath: first.string)[.modificationDate] as? Date
            let again = try await Patchelf(cache: bench.cache).apply(edit, to: file)
            #expect(again == first)
            #expect(try FileManager.default.attributesOfItem(atPath: again.string)[.modificationDate] as? Date == time)
            let elsewhere = try await Patchelf(cache: PackageCache(root: bench.folder.appending("other"))).apply(edit, to: file)
            #expect(try elsewhere.read() == first.read())
            let other = try await Patchelf(cache: bench.cache).apply(ELFEdit(rpath: "$ORIGIN/lib"), to: file)
            #expect(other != first)
        }
    }

    @Test(arguments: [
        ELFEdit(), ELFEdit(rpath: "/usr/lib"), ELFEdit(rpath: ""), ELFEdit(soname: "--remove-rpath"), ELFEdit(soname: "../libx.so"),
        ELFEdit(neededReplacements: ["a": ""]),
    ]) func anEditThatWouldNotHoldIsRefused(_ edit: ELFEdit) async throws {
        try await withRPMBench { bench in
            let file = try await bench.library("libalpha.so.1")
            await expectError(.invalidArgument) { try await Patchelf(cache: bench.cache).apply(edit, to: file) }
        }
    }

    /// patchelf 0.14 moves the symbol versions of such a file and does not tell where they are; later ones may do it well.
    @Test func aFileThatPatchelfWouldBreakIsNotGivenOut() async throws {
        try await withRPMBench { bench in
            let file = try await bench.library("libalpha.so.1", versions: "ALPHA_1.0 { global: name; local: *; };")
            do {
                let edited = try await Patchelf(cache: bench.cache).apply(ELFEdit(soname: "liblayer-alpha.so.1"), to: file)
                #expect(try elf(edited).definedVersions == elf(file).definedVersions)
            } catch let error as LaminaError {
                #expect(error.code == .toolFailed && error.message.contains("libalpha.so.1"))
                #expect(bench.cached().isEmpty)
            }
        }
    }

    @Test func aFileThatIsNoELFIsNamed() async throws {
        try await withRPMBench { bench in
            let file = bench.folder.appending("text.so")
            try file.write("INPUT(libm.so.6)")
            await expectError(.toolFailed, naming: "text.so") {
                try await Patchelf(cache: bench.cache).apply(ELFEdit(rpath: "$ORIGIN"), to: file)
            }
            #expect(bench.cached().isEmpty)
        }
    }
}
