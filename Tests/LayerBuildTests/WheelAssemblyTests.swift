import Foundation
import LambdaModel
import LaminaErrors
import LayerBuild
import SystemPackage
import TestSupport
import Testing
import ZipArchive

@Suite struct WheelAssemblyTests {
    static let files = [
        "pkg/__init__.py": "VALUE = 42\n", "pkg-1.0.data/scripts/tool": "#!python -u\nprint('tool')\n",
        "pkg-1.0.data/purelib/extra.py": "x = 1\n", "pkg-1.0.data/data/share/pkg/info.txt": "info\n",
        "pkg-1.0.data/headers/pkg.h": "#define X\n",
    ]
    static let entryPoints = "[console_scripts]\nrun = pkg.main:app.start [extra]\n\n[other]\nno = pkg:no\n"

    @Test(arguments: [(PythonLayout.python, "python"), (.sitePackages, "python/lib/python3.13/site-packages")])
    func everySchemeGoesToItsFolder(_ layout: PythonLayout, _ site: String) async throws {
        try await withTemporaryFolder { folder in
            let bench = WheelBench(folder: folder)
            let wheel = try await bench.wheel("pkg", Self.files, entryPoints: Self.entryPoints)
            let (_, zip) = try await bench.build(try bench.lock([wheel]), layout: layout)
            #expect(
                zip.entries.map(\.path)
                    == [
                        "bin/run", "bin/tool", "include/python3.13/pkg/pkg.h", "\(site)/extra.py", "\(site)/pkg-1.0.dist-info/METADATA",
                        "\(site)/pkg-1.0.dist-info/RECORD", "\(site)/pkg-1.0.dist-info/WHEEL", "\(site)/pkg-1.0.dist-info/entry_points.txt",
                        "\(site)/pkg/__init__.py", "share/pkg/info.txt",
                    ].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            #expect(try zip.text("bin/tool") == "#!/var/lang/bin/python3.13\nprint('tool')\n")
            #expect(try zip.text("bin/run").contains("from pkg.main import app\n"))
            #expect(try zip.text("bin/run").contains("sys.exit(app.start())"))
            for entry in zip.entries { #expect(entry.permissions == (entry.path.hasPrefix("bin/") ? 0o755 : 0o644), "\(entry.path)") }
        }
    }

    @Test(arguments: [PythonLayout.python, .sitePackages]) func theRecordNamesEveryFileWithItsHash(_ layout: PythonLayout) async throws {
        try await withTemporaryFolder { folder in
            let bench = WheelBench(folder: folder)
            let wheel = try await bench.wheel("pkg", Self.files, entryPoints: Self.entryPoints)
            _ = try await bench.build(try bench.lock([wheel]), layout: layout, bytecode: .auto)
            // Every file is recorded, every record is a file, and each hash is the file's.
            let output = try await Tool.python(
                """
                import base64, csv, hashlib, io, os, sys, zipfile
                archive = zipfile.ZipFile(sys.argv[1])
                name = next(n for n in archive.namelist() if n.endswith("/RECORD"))
                site = os.path.dirname(os.path.dirname(name))
                recorded = set()
                for path, digest, size in csv.reader(io.StringIO(archive.read(name).decode())):
                    path = os.path.normpath(os.path.join(site, path))
                    recorded.add(path)
                    if digest:
                        data = archive.read(path)
                        assert digest == "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode(), path
                        assert int(size) == len(data), path
                assert recorded == set(archive.namelist()), recorded ^ set(archive.namelist())
                print("consistent")
                """, [folder.appending("layer.zip").string])
            #expect(output.text == "consistent\n", "\(output.error)")
        }
    }

    @Test func aWheelForAnotherPlatformIsRefusedByName() async throws {
        try await withTemporaryFolder { folder in
            let bench = WheelBench(folder: folder)
            for tag in [
                "cp312-cp312-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_28_aarch64", "cp313-cp313-manylinux_2_39_x86_64",
                "cp313-cp313-win_amd64",
            ] {
                let wheel = try await bench.wheel("pkg", ["pkg.py": ""], tag: tag)
                let error = await #expect(throws: LaminaError.self) { try await bench.build(try bench.lock([wheel])) }
                #expect(error?.code == .unsupported)
                #expect(error?.message.contains(wheel) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func theWheelWithTheBestTagIsTaken() async throws {
        try await withTemporaryFolder { folder in
            let bench = WheelBench(folder: folder)
            var wheels: [String] = []
            for tag in [
                "py3-none-any", "cp38-abi3-manylinux2014_x86_64", "cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313-manylinux_2_28_x86_64",
            ] {
                wheels.append(try await bench.wheel("pkg", ["which.txt": tag], tag: tag))
            }
            let list = wheels.map { "{ path = \"\($0)\", hashes = {} }" }.joined(separator: ", ")
            let lock = folder.appending("pylock.toml")
            try lock.write("lock-version = \"1.0\"\n[[packages]]\nname = \"pkg\"\nversion = \"1.0\"\nwheels = [\(list)]\n")
            let (_, modern) = try await bench.build(lock)
            #expect(try modern.text("python/which.txt") == "cp313-cp313-manylinux_2_28_x86_64")
            let (_, old) = try await bench.build(lock, runtime: "python3.11")
            #expect(try old.text("python/which.txt") == "cp38-abi3-manylinux2014_x86_64")
        }
    }

    @Test func aWheelWhoseHashDiffersIsNotUsed() async throws {
        try await withTemporaryFolder { folder in
            let bench = WheelBench(folder: folder)
            let wheel = try await bench.wheel("pkg", ["pkg.py": ""])
            let error = await #expect(throws: LaminaError.self) {
                try await bench.build(try bench.lock([wheel], hash: String(repeating: "0", count: 64)))
            }
            #expect(error?.code == .hashMismatch)
            #expect(!FileManager.default.fileExists(atPath: folder.appending("layer.zip").string))
        }
    }

    @Test func aFailedBuildLeavesTheEarlierZipAsItWas() async throws {
        try await withTemporaryFolder { folder in
            let bench = WheelBench(folder: folder)
            let wheel = try await bench.wheel("pkg", ["pkg.py": ""])
            let (_, _) = try await bench.build(try bench.lock([wheel]))
            let before = try folder.appending("layer.zip").read()
            let bad = try await bench.wheel("bad", ["bad.py": ""], tag: "cp39-cp39-win_amd64")
            await #expect(throws: LaminaError.self) { try await bench.build(try bench.lock([wheel, bad])) }
            #expect(try folder.appending("layer.zip").read() == before)
            #expect(try folder.list().filter { $0.hasSuffix(".partial") } == [])
        }
    }
}
