import Foundation
import Testing

@testable import Execution

@Suite struct ExtensionSlotsTests {
    typealias Slots = ExtensionSlots<Int>

    /// Two external extensions, registered for both events and for none, and their identifiers.
    static func registered() throws -> (slots: Slots, first: String, second: String) {
        var slots = Slots(external: ["first", "second"])
        let first = try slots.register("first", ["INVOKE", "SHUTDOWN"]).get()
        let second = try slots.register("second", []).get()
        return (slots, first, second)
    }

    @Test func theInitPhaseWaitsForEveryExternalExtension() throws {
        var slots = Slots(external: ["first", "second"])
        #expect(!slots.areRegistered)
        let first = try slots.register("first", []).get()
        #expect(!slots.areRegistered)
        let second = try slots.register("second", []).get()
        #expect(slots.areRegistered)
        #expect(try slots.poll(first, 1).get() == false)
        #expect(!slots.areReady)
        #expect(try slots.poll(second, 2).get() == false)
        #expect(slots.areReady)
    }

    @Test func theInitPhaseWaitsForInternalExtensionsThatRegistered() throws {
        var slots = Slots(external: [])
        #expect(slots.areRegistered && slots.areReady)
        let inside = try slots.register("inside", ["INVOKE"]).get()
        #expect(!slots.areReady)
        _ = slots.poll(inside, 1)
        #expect(slots.areReady)
    }

    @Test func anInvocationGoesToThoseWhoRegisteredForIt() throws {
        var (slots, first, second) = try Self.registered()
        _ = slots.poll(first, 1)
        _ = slots.poll(second, 2)
        #expect(slots.beginInvocation() == [1])
        #expect(!slots.areReady)
        _ = slots.poll(first, 3)
        #expect(slots.areReady)
        #expect(slots.beginInvocation() == [3])
    }

    @Test func theShutdownReachesWhoIsAtWorkWithItsNextRequest() throws {
        var (slots, first, second) = try Self.registered()
        _ = slots.poll(first, 1)
        _ = slots.poll(second, 2)
        _ = slots.beginInvocation()
        #expect(slots.beginShutdown() == [])
        #expect(!slots.haveExited)
        #expect(try slots.poll(first, 3).get() == true)
        #expect(slots.exit(0) == nil)
        #expect(slots.haveExited)
    }

    @Test func oneThatAsksTwiceIsRefused() throws {
        var (slots, first, _) = try Self.registered()
        _ = slots.poll(first, 1)
        #expect(throws: ExtensionRefusal.invalidState(from: "Ready", to: "Ready", first)) { try slots.poll(first, 2).get() }
        #expect(slots.beginInvocation() == [1])
    }

    @Test func noOneRegistersBehindTheInitPhaseOrBeyondTheLimit() throws {
        var slots = Slots(external: (0..<9).map { "external-\($0)" })
        _ = try slots.register("inside", []).get()
        #expect(throws: ExtensionRefusal.tooMany) { try slots.register("another", []).get() }
        slots.closeRegistration()
        #expect(throws: ExtensionRefusal.registrationClosed) { try slots.register("another", []).get() }
        _ = try slots.register("external-0", []).get()
    }

    struct End: Sendable {
        var errors: [(Slots.ReportedError, String)] = []
        var isRegistered = true
        var type: String
        var state: String
    }

    @Test(arguments: [
        End(type: "Extension.Crash", state: "Registered"),
        End(errors: [(.initialization, "A.B")], type: "Extension.InitError", state: "InitError"),
        End(errors: [(.exit, "A.B"), (.exit, "C.D")], type: "Extension.ExitError", state: "ExitError"),
        End(isRegistered: false, type: "Extension.Crash", state: "Started"),
    ])
    func anEndIsOfTheTypeThatWasToldFirst(end: End) throws {
        var slots = Slots(external: ["first"])
        let id = end.isRegistered ? try slots.register("first", []).get() : ""
        for (error, type) in end.errors { #expect(slots.report(error, type, from: id) == nil) }
        #expect(slots.exit(0) == end.type)
        #expect(slots.states.map { $0.line(at: .init()) ?? "" }.first?.contains("State: \(end.state)\t") == true)
        if let (_, type) = end.errors.first { #expect(slots.slots[0].errorType == type) }
    }

    @Test func anErrorOfTheInitPhaseIsRefusedBehindIt() throws {
        var (slots, first, _) = try Self.registered()
        _ = slots.poll(first, 1)
        #expect(slots.report(.initialization, "A.B", from: first) == .invalidState(from: "Ready", to: "InitError", first))
        #expect(slots.reportedError == nil)
        #expect(slots.report(.exit, "A.B", from: first) == nil)
        #expect(slots.report(.exit, "A.B", from: "unknown") == .unknownIdentifier)
    }

    @Test(arguments: [
        ("start 12", ExtensionLauncher.Report.runtimeStarted(12)), ("exit 137", .runtimeExited(137)), ("3 0", .extensionExited(3, 0)),
        ("", nil), ("3", nil), ("start", nil), ("end 1", nil), ("1 2 3", nil), ("4 0", nil), ("-1 0", nil),
        ("exit 9223372036854775807", nil), ("exit -1", nil), ("3 256", nil), ("start 0", nil), ("start 4294967297", nil),
    ])
    func aLaunchersLineIsRead(line: String, report: ExtensionLauncher.Report?) {
        #expect(ExtensionLauncher.Report(line: line, count: 4) == report)
    }

    @Test(arguments: [
        (0, nil), (3, "exit status 3"), (137, "signal: killed"), (192, "signal: signal 64"), (255, "exit status 255"),
        (Int.max, "exit status 9223372036854775807"),
    ])
    func everyStatusHasAText(status: Int, text: String?) {
        #expect(InvocationFault.exitText(status) == text)
    }
}
