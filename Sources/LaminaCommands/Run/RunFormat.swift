import ArgumentParser
import Execution
import LambdaModel
import LaminaErrors

/// How `lamina run` prints what an invocation gave.
enum RunFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json

    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be written.
    func print(_ result: InvocationResult) throws {
        try StandardOutput.write((self == .text ? result.line : result.json.bytes) + [UInt8(ascii: "\n")])
    }
}

extension InvocationResult {
    private var isJSON: Bool { JSONSyntax.flaw(in: payload) == nil }

    /// The payload; JSON that has several lines in one.
    fileprivate var line: [UInt8] {
        let ends = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        // Within JSON's texts they are always escaped.
        guard payload.contains(where: ends.contains), isJSON else { return payload }
        return payload.map { ends.contains($0) ? UInt8(ascii: " ") : $0 }
    }

    fileprivate var json: JSONValue {
        [
            "payload": isJSON ? .json(line) : .string(String(decoding: payload, as: UTF8.self)),
            "error": isError ? "Unhandled" : .null, "log": .string(String(decoding: logTail, as: UTF8.self)),
            "duration": Self.milliseconds(metrics?.duration), "billed": metrics.map { .integer($0.billedDuration) } ?? .null,
            "memory": metrics.map { .integer($0.maxMemoryUsed) } ?? .null, "init": Self.milliseconds(metrics?.initDuration),
        ]
    }

    private static func milliseconds(_ value: Double?) -> JSONValue { value.map { .number(($0 * 100).rounded() / 100) } ?? .null }
}
