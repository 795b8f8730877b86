import ArgumentParser
import Execution
import LambdaModel
import LaminaErrors
import SystemPackage

/// How `lamina run` prints what an invocation gave.
enum RunFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json

    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be written.
    func print(_ result: InvocationResult) throws {
        let bytes = self == .text ? result.payload : result.json.bytes
        do {
            try FileDescriptor.standardOutput.writeAll(bytes + [UInt8(ascii: "\n")])
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write to the standard output")
        }
    }
}

extension InvocationResult {
    fileprivate var json: JSONValue {
        let isJSON = JSONSyntax.flaw(in: payload) == nil
        return [
            "payload": isJSON ? .json(payload) : .string(String(decoding: payload, as: UTF8.self)),
            "error": isError ? "Unhandled" : .null, "log": .string(String(decoding: logTail, as: UTF8.self)),
            "duration": Self.milliseconds(metrics?.duration), "billed": metrics.map { .integer($0.billedDuration) } ?? .null,
            "memory": metrics.map { .integer($0.maxMemoryUsed) } ?? .null, "init": Self.milliseconds(metrics?.initDuration),
        ]
    }

    private static func milliseconds(_ value: Double?) -> JSONValue { value.map { .number(($0 * 100).rounded() / 100) } ?? .null }
}
