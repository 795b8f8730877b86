import Foundation
import LambdaModel
import LaminaErrors
import LayerBuild
import SystemPackage
import TestSupport
import Testing
import ZipArchive

@Suite struct DeterminismTests {
    @Test func anotherCacheAndOutputGiveTheSameBytes() async throws {
        try await withTemporaryFolder { first in
            try await withTemporaryFolder { second in
                let files = Dictionary(
                    uniqueKeysWithValues: (0..<40).map { ("pkg/m\($0).py", "x = {'a', 'b', \($0)}\ndef f(y): return y in ('q', 'r')\n") })
                var bytes: [[UInt8]] = []
                for folder in [first, second] {
                    let bench = WheelBench(folder: folder)
                    let wheel = try await bench.wheel("pkg", files, entryPoints: "[console_scripts]\na = pkg:a\n")
                    // The wheels themselves carry the time of their making: both builds take the first one's.
                    if folder == second {
                        try folder.appending(wheel).write(try first.appending(wheel).read())
                    }
                    _ = try await bench.build(try bench.lock([wheel]), bytecode: .auto)
                    bytes.append(try folder.appending("layer.zip").read())
                }
                #expect(bytes[0] == bytes[1])
            }
        }
    }

    @Test func compiledModulesAreThereAndAreTakenByTheInterpreter() async throws {
        try await withTemporaryFolder { folder in
            let bench = WheelBench(folder: folder)
            let wheel = try await bench.wheel("pkg", ["pkg/__init__.py": "VALUE = 42\n", "pkg/broken.py": "def ("])
            // The interpreter of these tests' own Python is sure to be there.
            let minor = try await Tool.python("import sys; print(sys.version_info[1])").text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard (8...14).contains(Int(minor) ?? 0) else { return }
            let (report, zip) = try await bench.build(try bench.lock([wheel]), runtime: "python3.\(minor)", bytecode: .auto)
            guard report.hasBytecode else { return }
            let compiled = zip.entries.map(\.path).filter { $0.hasSuffix(".pyc") }
            #expect(compiled == ["python/pkg/__pycache__/__init__.cpython-3\(minor).pyc"])
            let output = try await Tool.python(
                """
                import importlib.util, sys, zipfile
                data = zipfile.ZipFile(sys.argv[1]).read(sys.argv[2])
                assert data[:4] == importlib.util.MAGIC_NUMBER
                assert int.from_bytes(data[4:8], "little") == 1, "a hash that is not checked"
                import marshal
                code = marshal.loads(data[16:])
                space = {}
                exec(code, space)
                print(space["VALUE"], code.co_filename)
                """, [folder.appending("layer.zip").string, compiled.first ?? ""])
            #expect(output.text == "42 /opt/python/pkg/__init__.py\n", "\(output.error)")
        }
    }
}
