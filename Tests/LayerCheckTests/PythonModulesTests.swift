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
}
