import Interpreters
import LambdaModel
import SystemPackage
import TestSupport
import Testing

@testable import Execution

@Suite struct NodeImportTests {
    /// The Node.js runtimes that this machine can run.
    static func runtimes() async -> [Runtime] {
        var found: [Runtime] = []
        for runtime in Runtime.current.compactMap({ try? Runtime($0) }) where runtime.family == .nodejs {
            if (try? await NodeInterpreter.find(for: runtime)) != nil { found.append(runtime) }
        }
        return found
    }

    @Test(.enabled("this machine has a Node.js that Lambda has too") { await !runtimes().isEmpty })
    func eachPackageHasItsOwnOutcomeInTheInterpretersWords() async throws {
        for runtime in await Self.runtimes() {
            try await withTemporaryFolder { layer in
                let packages = layer.appending("nodejs/node_modules")
                func add(_ name: String, _ manifest: String, _ code: String) throws {
                    try packages.appending("\(name)/package.json").write(manifest)
                    try packages.appending("\(name)/index.js").write(code)
                }
                try add("plain", "{}", "console.log('{}'); setInterval(() => {}, 1000); module.exports = 1\n")
                try add("@scope/inner", "{}", "module.exports = require('plain')\n")
                try add("modern", #"{"type": "module", "exports": {"import": "./index.js"}}"#, "import plain from 'plain'; await 1\n")
                try add("raising", "{}", "throw new RangeError('too far')\n")
                try add("lacking", "{}", "require('nowhere')\n")
                try add("cloud", "{}", "require('@aws-sdk/client-s3')\n")
                try add("waiting", #"{"type": "module", "exports": {"import": "./index.js"}}"#, "await new Promise(() => {})\n")
                try add("native", "{}", "process.dlopen({exports: {}}, 'libGL.so.1')\n")
                let names = ["plain", "@scope/inner", "modern", "raising", "lacking", "cloud", "waiting", "native"]
                let check = try await ImportCheck(runtime: runtime, architecture: .host)
                let outcomes = try await check.results(of: names, layer: layer).map(\.outcome)
                #expect(outcomes[..<4] == [.imported, .imported, .imported, .failed(type: "RangeError", message: "too far")])
                guard case .failed("Error", let message) = outcomes[4] else {
                    Issue.record("\(outcomes[4])")
                    return
                }
                #expect(message.hasPrefix("Cannot find module 'nowhere'"))
                #expect(outcomes[5] == .needsRuntimePackage("@aws-sdk/client-s3"))
                // Its event loop ran dry: with 13 or, where the first module was no ES module, with 0.
                guard case .exited = outcomes[6] else { Issue.record("\(outcomes[6])"); return }
                #expect(
                    outcomes[7]
                        == .failed(type: "Error", message: "libGL.so.1: cannot open shared object file: No such file or directory"))
            }
        }
    }
}
