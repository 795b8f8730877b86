import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import Execution

@Suite struct ImportCheckTests {
    /// The newest Python of this machine.
    static let python = PythonInterpreter.all().first.flatMap { try? Runtime("python3.\($0.minor)") }

    static func outcomes(
        of modules: [String: String], time: Duration = .seconds(30), memory: Int? = nil
    ) async throws -> [String: ImportOutcome] {
        try await withTemporaryFolder { layer in
            for (name, text) in modules { try layer.appending("python/\(name).py").write(text) }
            var check = try await ImportCheck(runtime: #require(python), architecture: .host)
            check.timeLimit = time
            check.memoryLimit = memory ?? check.memoryLimit
            let results = try await check.results(of: modules.keys.sorted(), layer: layer)
            #expect(results.map(\.module) == modules.keys.sorted())
            return Dictionary(uniqueKeysWithValues: results.map { ($0.module, $0.outcome) })
        }
    }

    @Test func eachModuleHasItsOwnOutcomeInTheInterpretersWords() async throws {
        let outcomes = try await Self.outcomes(of: [
            "fine": "import json, ssl, sqlite3, ctypes, lzma, bz2\n",
            "raising": "raise ValueError('no such colour: \"mauve\"\\nnor any like it')\n",
            "lacking": "import nowhere.at_all\n",
            "own_error": "class Refusal(Exception): pass\nraise Refusal(5)\n",
            "graphics": "import ctypes\nctypes.CDLL('libGL.so.1')\n",
            "crashing": "import ctypes\nctypes.string_at(0)\n",
            "leaving": "import os\nos._exit(3)\n",
            "exiting": "import sys\nsys.exit('enough')\n",
            "cloud": "import botocore.config\n",
        ])
        #expect(outcomes["fine"] == .imported)
        #expect(outcomes["raising"] == .failed(type: "ValueError", message: "no such colour: \"mauve\"\nnor any like it"))
        #expect(outcomes["lacking"] == .failed(type: "ModuleNotFoundError", message: "No module named 'nowhere'"))
        #expect(outcomes["own_error"] == .failed(type: "own_error.Refusal", message: "5"))
        #expect(
            outcomes["graphics"]
                == .failed(type: "OSError", message: "libGL.so.1: cannot open shared object file: No such file or directory"))
        #expect(outcomes["crashing"] == .killed(signal: 11))
        #expect(outcomes["leaving"] == .exited(status: 3))
        #expect(outcomes["exiting"] == .failed(type: "SystemExit", message: "enough"))
        #expect(outcomes["cloud"] == .needsRuntimePackage("botocore"))
    }

    @Test func whatAModulePrintsAndStartsIsNotItsOutcome() async throws {
        let outcomes = try await Self.outcomes(of: [
            "noisy": "import os\nfor fd in (1, 2): os.write(fd, b'{\"type\": \"Noise\"}\\n' * 20_000)\n",
            "threaded": "import threading\nthreading.Thread(target=threading.Event().wait).start()\n",
            "forking": "import os, time\nif os.fork() == 0: time.sleep(1000)\n",
        ])
        #expect(outcomes == ["noisy": .imported, "threaded": .imported, "forking": .imported])
    }

    @Test func anErrorsLongTextDoesNotHoldItsReport() async throws {
        let outcomes = try await Self.outcomes(of: [
            "faces": "raise ImportError('\u{1F600}' * 9_000)\n",
            "control": "raise ImportError('\\x01' * 9_000)\n",
            "broken": "raise ImportError('\\ud800')\n",
            "long_name": "raise type('X' * 100_000, (Exception,), {})('short')\n",
            "odd_name": "raise ModuleNotFoundError('none', name=5)\n",
        ])
        #expect(outcomes["faces"] == .failed(type: "ImportError", message: String(repeating: "\u{1F600}", count: 8192)))
        #expect(outcomes["control"] == .failed(type: "ImportError", message: String(repeating: "\u{1}", count: 8192)))
        #expect(outcomes["broken"] == .failed(type: "ImportError", message: "?"))
        #expect(outcomes["long_name"] == .failed(type: "long_name." + String(repeating: "X", count: 502), message: "short"))
        #expect(outcomes["odd_name"] == .failed(type: "ModuleNotFoundError", message: "none"))
    }

    @Test func aModuleThatNeverEndsIsEnded() async throws {
        let outcomes = try await Self.outcomes(of: ["endless": "while True: pass\n"], time: .seconds(1))
        #expect(outcomes == ["endless": .timedOut])
    }

    @Test func aModuleMayNotTakeAllMemory() async throws {
        let outcomes = try await Self.outcomes(of: ["greedy": "data = bytearray(1 << 30)\n"], memory: 256 << 20)
        #expect(outcomes == ["greedy": .failed(type: "MemoryError", message: "")])
    }

    @Test func aModuleSeesALambdaFunctionsSurroundings() async throws {
        let outcomes = try await Self.outcomes(of: [
            "seeing": """
            import errno, os, sys
            assert os.getuid() == 1051 and os.getcwd() == "/var/task"
            assert sys.path[:3] == ["/var/task", "/opt/python/lib/python%d.%d/site-packages" % sys.version_info[:2], "/opt/python"]
            assert os.environ["LD_LIBRARY_PATH"].endswith(":/opt/lib") and os.environ["PYTHONPATH"] == "/var/runtime"
            assert os.listdir("/sys/class/net") == ["lo"] if os.path.isdir("/sys/class/net") else True
            open("/tmp/file", "w").close()
            try:
                open("/opt/file", "w")
            except OSError as error:
                assert error.errno == errno.EROFS
            else:
                raise AssertionError("the layer can be written")
            """
        ])
        #expect(outcomes == ["seeing": .imported])
    }

    @Test func packagesOfThisMachinesInterpreterAreNotSeen() async throws {
        let outcomes = try await Self.outcomes(of: ["installing": "import pip\n"])
        #expect(outcomes == ["installing": .failed(type: "ModuleNotFoundError", message: "No module named 'pip'")])
    }

    @Test func whatCannotRunHereIsRefused() async throws {
        let other: Architecture = Architecture.host == .x86_64 ? .arm64 : .x86_64
        await #expect { try await ImportCheck(runtime: Runtime("python3.12"), architecture: other) } throws: {
            ($0 as? LaminaError)?.code == .unsupported
        }
        await #expect { try await ImportCheck(runtime: Runtime("java21"), architecture: .host) } throws: {
            ($0 as? LaminaError)?.code == .unsupported
        }
        await #expect { try await ImportCheck(runtime: Runtime("nodejs12.x"), architecture: .host) } throws: {
            ($0 as? LaminaError)?.code == .toolMissing
        }
    }
}
