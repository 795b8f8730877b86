import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// Compiles a wheel's modules ahead, since /opt is read-only and Python would otherwise compile them at every cold start.
///
/// The `.pyc` files have unchecked hashes (PEP 552), so that they hold whatever the times of their sources are.
struct Bytecode: Sendable {
    /// Changes with ``program``.
    private static let version = 1

    let interpreter: PythonInterpreter
    let layout: PythonLayout

    /// A zip of `__pycache__` entries by their path below the site folder, made on first use and kept beside the wheel.
    func compile(_ wheel: WheelStore.Wheel) async throws -> ZipReader {
        let path = wheel.folder.appending("bytecode-\(Self.version)-\(interpreter.minor)-\(layout.rawValue)-\(interpreter.fingerprint).zip")
        if !BuildCache.exists(path) {
            let raw = wheel.folder.appending(".\(UUID().uuidString).partial")
            defer { unlink(raw.string) }
            try await run(wheel.path, to: raw)
            let stored = try ZipReader(raw)
            let contents = stored.entries.map { ZipContent(path: $0.path, source: .transplant(stored, $0)) }
            try await WholeFile.make(path) { _ = try await ZipWriter().write(contents, to: $0) }
        }
        return try ZipReader(path)
    }

    private func run(_ wheel: FilePath, to output: FilePath) async throws {
        let site = layout.siteFolder(minor: interpreter.minor)
        let python = ExternalTool(
            name: "python3.\(interpreter.minor)", executable: interpreter.executable,
            environment: [
                "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1",
                "LD_LIBRARY_PATH": interpreter.prefix.appending("lib").string,
            ], inheritsEnvironment: false)
        try await python.run(
            ["-S", "-B", "-c", Self.program, wheel.string, output.string, "/opt/\(site)"],
            explaining: "\(interpreter.executable) cannot compile \(wheel.lastComponent?.string ?? "")")
    }

    /// Modules that do not compile, such as tests of syntax errors, are left out, as `compileall` does.
    private static let program = """
        import sys
        sys.path[:] = [path for path in sys.path if path]  # -c puts the current folder first
        import importlib.util, warnings, zipfile
        from importlib import _bootstrap_external as external
        warnings.simplefilter("ignore")
        wheel, output, site = sys.argv[1:]
        with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(output, "w") as target:
            for name in sorted(source.namelist()):
                if not name.endswith(".py"):
                    continue
                parts = name.split("/", 2)
                path = name
                if parts[0].endswith(".data"):
                    if len(parts) < 3 or parts[1] not in ("purelib", "platlib"):
                        continue
                    path = parts[2]
                data = source.read(name)
                try:
                    code = compile(data, site + "/" + path, "exec", dont_inherit=True, optimize=0)
                except Exception:
                    continue
                pyc = external._code_to_hash_pyc(code, importlib.util.source_hash(data), False)
                target.writestr(zipfile.ZipInfo(importlib.util.cache_from_source(path)), bytes(pyc))
        """
}
