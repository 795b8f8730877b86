import LambdaModel
import Testing
import ZipArchive

@testable import LayerCheck

@Suite struct PythonModulesTests {
    private func names(_ paths: String...) throws -> [String] {
        let files = paths.map { LayerFile(ZipContent(path: $0, source: .bytes([]))) }
        return PythonModules(of: try LayerTree(name: "layer", files), minor: 12).names
    }

    @Test func topLevelModulesAndPackagesAreOffered() throws {
        let site = "python/lib/python3.12/site-packages"
        #expect(
            try names(
                "python/six.py", "python/numpy/__init__.py", "python/numpy/linalg/__init__.py",
                "python/_cffi.cpython-312-x86_64-linux-gnu.so",
                "\(site)/lxml/__init__.py", "python/lib/python3.11/site-packages/other/__init__.py", "python/numpy.libs/libx.so",
                "python/setup.cfg", "python/a-b.py", "lib/libz.so") == ["_cffi", "lxml", "numpy", "six"])
    }

    @Test func aNamespacePackageOffersThePackagesAndExtensionModulesInIt() throws {
        #expect(
            try names(
                "python/google/protobuf/__init__.py", "python/google/protobuf/internal/__init__.py", "python/google/_upb/_message.abi3.so",
                "python/google/cloud/storage/__init__.py", "python/google/protobuf/x/_x.abi3.so")
                == ["google._upb._message", "google.cloud.storage", "google.protobuf"])
    }

    @Test func scriptsAndLibrariesInFoldersAreNotOffered() throws {
        #expect(try names("python/examples/run.py", "python/nvidia/lib/libcu.so", "python/share/data.txt").isEmpty)
    }

    @Test func aModuleForAnotherInterpreterIsOfferedSoThatItsFailureShows() throws {
        #expect(try names("python/_cffi_backend.cpython-313-x86_64-linux-gnu.so") == ["_cffi_backend"])
    }

    @Test(
        arguments: [
            ("vtkmodules/libvtkWrappingPythonCore3.9.so", nil), ("p/_x.cpython-312-x86_64-linux-gnu.so", .module("p._x")),
            ("p/_x.abi3.so", .module("p._x")), ("p/_x.so", .module("p._x")), ("p/libx.so", nil),
            ("p/_x.cpython-311-x86_64-linux-gnu.so", .foreign("p._x", tag: "cpython-311-x86_64-linux-gnu")),
            ("p/_x.pypy39-pp73-x86_64-linux-gnu.so", .foreign("p._x", tag: "pypy39-pp73-x86_64-linux-gnu")),
        ] as [(String, PythonSites.ModuleFile?)])
    func anExtensionModuleIsToldByTheTagInItsName(_ path: String, _ file: PythonSites.ModuleFile?) {
        #expect(PythonSites(minor: 12).moduleFile("python/\(path)") == file)
    }
}
