import ELFFile
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import SystemPackages

@Suite struct DebianPackagesTests {
    @Test(arguments: [
        ("libxcb.so.1", "libxcb1"), ("libGL.so.1", "libgl1"), ("libX11.so.6", "libx11-6"), ("libstdc++.so.6", "libstdc++6"),
        ("libgdbm_compat.so.4", "libgdbm-compat4"), ("libdb-5.3.so", "libdb5.3"), ("libgtk-3.so.0", "libgtk-3-0"),
        ("libgthread-2.0.so.0", "libglib2.0-0"), ("libz.so.1", "zlib1g"),
    ]) func packagesAreNamedAsDebiansPolicySays(_ soname: String, _ package: String) {
        #expect(SharedLibraryPackageNames.candidates(soname) == [package, "\(package)t64"])
    }

    @Test(arguments: ["--option.so.1", "libx y.so.1", "plugin.so", "", "lib/x.so.1", "libé.so.1"])
    func whatCannotBeAPackagesNameIsNotGuessed(_ soname: String) {
        #expect(SharedLibraryPackageNames.candidates(soname) == [])
    }

    @Test func aRecordIsReadAsAptShowsIt() throws {
        let text = """
            Package: libgl1
            Source: libglvnd (1.6)
            Version: 1.6.0-1
            Depends: libc6 (>= 2.34), libglvnd0 (= 1.6.0-1) | other:any,
             libglx0
            Description: Vendor neutral GL
             .
             more: text
            Architecture: amd64
            Size: 88448
            SHA256: 6f89b1702c48e9a2437bb3c1ffac8e1ab2d828fc28b3d14b2eecd4cc19b2c790
            """
        let record = try #require(DebianControlParagraph.parse(text).compactMap(DebianRecord.init).first)
        #expect(record.dependencies == ["libc6", "libglvnd0", "other", "libglx0"])
        #expect((record.source, record.version, record.size) == ("libglvnd", "1.6.0-1", 88448))
    }

    @Test func licencesAreReadOfMachineReadableFilesOnly() {
        let text = """
            Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
            License: MIT

            Files: *
            License: BSD-3-clause or GPL-2+
             a text

            Files: debian/*
            License: GPL-3
            """
        #expect(DebianCopyright.license(text: text) == "(BSD-3-Clause OR GPL-2.0-or-later) AND MIT")
        #expect(DebianCopyright.license(text: "This package was debianized by someone.\n\nLicense: GPL\n") == nil)
    }

    @Test func theLibrariesThatOpenCVWantsAreFoundWithAllThatTheyNeed() async throws {
        try await withTemporaryFolder { folder in
            let source = DebianPackages(cache: PackageCache(root: folder.appending("cache")))
            let found = try await Closure.find(["libGL.so.1", "libgthread-2.0.so.0"], in: source)
            #expect(found.missing.isEmpty)
            let sonames = Set(found.libraries.map(\.soname))
            #expect(
                sonames.isSuperset(of: ["libGL.so.1", "libGLX.so.0", "libGLdispatch.so.0", "libX11.so.6", "libxcb.so.1", "libXau.so.6"]))
            for library in found.libraries {
                #expect(try library.file.read().withUnsafeBytes { try ELFFile($0).soname } == library.soname)
                #expect(library.file.string.hasPrefix(folder.string))
                #expect(library.package.ecosystem == .deb)
                #expect(library.package.origin.hasSuffix(".deb"))
            }
            let libX11 = try #require(found.libraries.first { $0.soname == "libX11.so.6" })
            #expect(libX11.package.name == "libx11-6")
            #expect(!libX11.package.licenseFiles.isEmpty)
        }
    }

    @Test func aNameThatIsInNoPackageIsReportedAsMissing() async throws {
        try await withTemporaryFolder { folder in
            let source = DebianPackages(cache: PackageCache(root: folder))
            let names = ["libsurely-not-there.so.9", "../libGL.so.1", "--help.so.1", ""]
            let found = try await source.libraries(names, architecture: .host, progress: { _ in })
            #expect(found == ProvidedLibraries(libraries: [], missing: names))
        }
    }

    @Test func anArchitectureThatAptDoesNotKnowIsRefusedWithAdvice() async throws {
        let foreign: Architecture = Architecture.host == .x86_64 ? .arm64 : .x86_64
        let known = try await Tool.run("dpkg", ["--print-foreign-architectures"]).text
        guard known.isEmpty else { return }
        try await withTemporaryFolder { folder in
            await expectError(.unsupported, naming: "dpkg --add-architecture") {
                try await DebianPackages(cache: PackageCache(root: folder)).libraries(["libz.so.1"], architecture: foreign) { _ in }
            }
        }
    }
}
