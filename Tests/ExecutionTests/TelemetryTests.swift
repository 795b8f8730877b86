import Foundation
import LambdaModel
import Testing

@testable import Execution

@Suite struct TelemetryBufferTests {
    private static let begin = ContinuousClock.now

    private static func texts(_ records: [[UInt8]]?) -> [String]? { records?.map { String(decoding: $0, as: UTF8.self) } }

    @Test func aBatchIsDueAfterItsTimeout() {
        var buffer = TelemetryBuffer(.init(timeout: .milliseconds(100)))
        #expect(buffer.due == nil)
        #expect(buffer.add(Array("a".utf8), at: Self.begin) == true)
        #expect(buffer.add(Array("b".utf8), at: Self.begin + .milliseconds(50)) == false)
        #expect(buffer.due == Self.begin + .milliseconds(100))
        #expect(buffer.take(at: Self.begin + .milliseconds(99)) == nil)
        #expect(Self.texts(buffer.take(at: Self.begin + .milliseconds(100))) == ["a", "b"])
        #expect(buffer.due == nil)
    }

    @Test func whatWaitsCanBeTakenAtOnce() {
        var buffer = TelemetryBuffer(.init())
        _ = buffer.add([1])
        #expect(buffer.take(at: nil) == [[1]])
        #expect(buffer.take(at: nil) == nil)
    }

    @Test(arguments: [TelemetrySubscription.Buffering(maxItems: 2), .init(maxBytes: 2)])
    func aFullBatchIsDueAtOnce(limits: TelemetrySubscription.Buffering) {
        var buffer = TelemetryBuffer(limits)
        _ = buffer.add([1], at: Self.begin)
        #expect(buffer.add([2], at: Self.begin) == true)
        #expect(buffer.take(at: Self.begin) == [[1], [2]])
    }

    @Test func memoryIsBoundedAndWhatWasDroppedIsToldFirst() throws {
        var buffer = TelemetryBuffer(.init(maxItems: 2))
        for number in 0..<10 { _ = buffer.add([UInt8(number)]) }
        let first = try #require(Self.texts(buffer.take(at: nil)))
        #expect(first.count == 3)
        #expect(first[0].contains(#""type":"platform.logsDropped""#))
        #expect(first[0].contains(#""droppedRecords":6,"droppedBytes":6"#))
        #expect(buffer.take(at: nil) == [[2], [3]])
        _ = buffer.add([10])
        #expect(buffer.take(at: nil) == [[10]])
    }
}

@Suite struct TelemetrySubscriptionTests {
    static func flaws(_ interface: TelemetrySubscription.Interface, _ body: String) -> [String] {
        do {
            _ = try TelemetrySubscription(interface, body: Array(body.utf8))
            return []
        } catch {
            return error.messages
        }
    }

    @Test func whatIsLeftOutHasAWSsDefaults() throws {
        let body = #"{"schemaVersion":"2022-07-01","types":["function"],"destination":{"protocol":"HTTP","URI":"http://sandbox:1"}}"#
        let subscription = try TelemetrySubscription(.telemetry, body: Array(body.utf8))
        #expect(subscription.buffering == .init(maxItems: 10_000, maxBytes: 262_144, timeout: .seconds(1)))
        #expect(subscription.destination == .http(port: 1, path: "/", method: "POST"))
        let logs = #"{"types":["platform","platform"],"destination":{"protocol":"TCP","port":65535}}"#
        let old = try TelemetrySubscription(.logs, body: Array(logs.utf8))
        #expect((old.schemaVersion, old.categories, old.destination) == ("2020-08-15", [.platform], .tcp(port: 65535)))
    }

    @Test(arguments: [
        (#""protocol":"HTTP""#, "URI must be such as http://sandbox.localdomain:8080"),
        (#""protocol":"HTTP","URI":"https://sandbox:80""#, "URI must be such as http://sandbox.localdomain:8080"),
        (#""protocol":"HTTP","URI":"http://sandbox:0""#, "URI port must be between 1 and 65535, and not 9001"),
        (#""protocol":"HTTP","URI":"http://sandbox:80","method":"GET""#, "method must be POST or PUT"),
        (#""protocol":"TCP","port":70000"#, "port must be between 1 and 65535, and not 9001"),
        (#""port":80"#, "protocol must be HTTP or TCP"),
    ])
    func aDestinationIsChecked(destination: String, flaw: String) {
        let body = #"{"types":["platform"],"destination":{\#(destination)}}"#
        #expect(Self.flaws(.logs, body) == [flaw])
    }

    @Test func allFlawsAreToldAtOnce() {
        #expect(Self.flaws(.logs, "[]") == ["the body is not the JSON of a subscription"])
        #expect(
            Self.flaws(.telemetry, "{}") == [
                "schemaVersion must be one of 2022-07-01, 2022-12-13, 2025-01-29", "types should not be empty",
                "destination is not provided",
            ])
    }

    @Test func aLineThatIsAnObjectIsHandedOnAsOneWhereTheLogIsJSON() throws {
        let context = RecordContext(functionName: "f", functionVersion: "1", initialization: .onDemand)
        func record(
            _ source: EnvironmentEvent.Source, _ line: String, isJSONLog: Bool = true,
            _ interface: TelemetrySubscription.Interface = .telemetry, _ version: String = "2022-12-13"
        ) throws -> String? {
            let body = """
                {"schemaVersion":"\(version)","types":["function","extension"],"destination":{"protocol":"TCP","port":80}}
                """
            let subscription = try TelemetrySubscription(interface, body: Array(body.utf8))
            let event = EnvironmentEvent(.output(source, Array(line.utf8)), time: Date(timeIntervalSince1970: 0))
            return subscription.record(of: event, in: context, isJSONLog: isJSONLog).map { String(decoding: $0, as: UTF8.self) }
        }
        let prefix = #"{"time":"1970-01-01T00:00:00.000Z","type":"function","record":"#
        let (object, text) = (prefix + #"{"a":1}}"#, prefix + #""{\"a\":1}\n"}"#)
        #expect(try record(.function, #"{"a":1}"#) == object)
        #expect(try record(.function, #"{"a":1}"#, .telemetry, "2025-01-29") == object)
        #expect(try record(.function, #"{"a":1}"#, .telemetry, "2022-07-01") == text)
        #expect(try record(.function, #"{"a":1}"#, .logs, "2021-03-18") == text)
        #expect(try record(.function, #"{"a":1}"#, isJSONLog: false) == text)
        #expect(try record(.function, #"{"a""#) == prefix + #""{\"a\"\n"}"#)
        #expect(try record(.extension("e"), #"{"a":1}"#) == object.replacing("function", with: "extension"))
        #expect(try record(.extension("e"), #"{"a":1}"#, isJSONLog: false) == text.replacing("function", with: "extension"))
    }
}
