import Foundation
import LambdaModel
import LayerBuild
import SystemPackage
import TestSupport
import Testing
import ZipArchive

/// Wheels that a test makes, and layers built from them, without the network.
struct WheelBench {
    let folder: FilePath
    var cache: BuildCache { BuildCache(root: folder.appending("cache")) }

    /// Writes a wheel with a RECORD that is right.
    func wheel(_ name: String, _ files: [String: String], entryPoints: String? = nil, tag: String = "py3-none-any") async throws -> String {
        let info = "\(name)-1.0.dist-info"
        var files = files
        files["\(info)/METADATA"] = "Metadata-Version: 2.1\nName: \(name)\nVersion: 1.0\n"
        files["\(info)/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: \(tag)\n"
        if let entryPoints { files["\(info)/entry_points.txt"] = entryPoints }
        let filename = "\(name)-1.0-\(tag).whl"
        let data = try JSONEncoder().encode(files)
        let output = try await Tool.python(
            """
            import base64, hashlib, json, sys, zipfile
            path, info, files = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
            record = ""
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, text in files.items():
                    data = text.encode()
                    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                    record += f"{name},sha256={digest},{len(data)}\\n"
                    archive.writestr(name, data)
                archive.writestr(info + "/RECORD", record + info + "/RECORD,,\\n")
            """, [folder.appending(filename).string, info, String(decoding: data, as: UTF8.self)])
        try #require(output.isSuccess, "\(output.error)")
        return filename
    }

    /// Writes a lock of wheels in the bench's folder.
    func lock(_ wheels: [String], hash: String? = nil) throws -> FilePath {
        var text = "lock-version = \"1.0\"\ncreated-by = \"test\"\n"
        for wheel in wheels {
            let name = wheel.split(separator: "-")[0]
            let hashes = hash.map { ", hashes = { sha256 = \"\($0)\" }" } ?? ", hashes = {}"
            text += "\n[[packages]]\nname = \"\(name)\"\nversion = \"1.0\"\nwheels = [{ path = \"\(wheel)\"\(hashes) }]\n"
        }
        let path = folder.appending("pylock.toml")
        try path.write(text)
        return path
    }

    func build(
        _ source: FilePath, runtime: String = "python3.13", layout: PythonLayout = .python, bytecode: BytecodeChoice = .no,
        name: String = "layer.zip"
    ) async throws -> (BuildReport, ZipReader) {
        var settings = BuildSettings()
        settings.layout = layout
        settings.bytecode = bytecode
        settings.cache = cache
        let builder = LayerBuilder(
            [BuildSource(source)], for: [BuildTarget(runtime: try Runtime(runtime), architecture: .x86_64)], settings)
        let output = folder.appending(name)
        return (try #require(try await builder.build(to: output).first), try ZipReader(output))
    }
}

extension ZipReader {
    func text(_ path: String) throws -> String {
        let entry = try #require(entries.first { $0.path == path }, "no \(path) among \(entries.map(\.path))")
        return String(decoding: try read(entry), as: UTF8.self)
    }
}
