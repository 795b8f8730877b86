import SystemPackage
import Testing

@testable import Execution

@Suite struct RuntimeSlotTests {
    typealias Slot = RuntimeSlot<Int>

    static let error = Slot.ReportedError(type: "Runtime.Unknown", body: [9])

    /// An action as text, since its polls need no equality.
    static func text(_ action: Slot.Action) -> String {
        switch action {
        case .none: "none"
        case .initialized(let end): "initialized \(end.map { "\($0)" } ?? "nil")"
        case .send(let id, let poll): "send \(id) to \(poll)"
        case .complete(let outcome): "complete \(outcome)"
        case .refuse: "refuse"
        }
    }

    /// A runtime that has asked for its first invocation.
    static func ready() -> Slot {
        var slot = Slot()
        #expect(text(slot.poll(0)) == "initialized nil")
        return slot
    }

    @Test func anInvocationIsSentToARuntimeThatAsks() {
        var slot = Self.ready()
        #expect(Self.text(slot.begin("a")) == "send a to 0")
        #expect(Self.text(slot.answer("a", .response([7]))) == "complete response([7])")
        #expect(Self.text(slot.poll(2)) == "none")
        #expect(Self.text(slot.begin("b")) == "send b to 2")
    }

    @Test func anInvocationWaitsForARuntimeThatHasNotAskedAgain() {
        var slot = Self.ready()
        _ = slot.begin("a")
        _ = slot.answer("a", .response([]))
        #expect(Self.text(slot.begin("b")) == "none")
        #expect(Self.text(slot.poll(3)) == "send b to 3")
    }

    @Test func anInvocationIsNotSentWhereTheConnectionIsGone() {
        var slot = Self.ready()
        slot.lose { $0 == 1 }
        slot.lose { $0 == 0 }
        #expect(Self.text(slot.begin("a")) == "none")
        #expect(Self.text(slot.poll(1)) == "send a to 1")
    }

    @Test func timeEndsAnInvocationThatTheRuntimeNeverAsksFor() {
        var slot = Self.ready()
        _ = slot.begin("a")
        _ = slot.answer("a", .response([]))
        _ = slot.begin("b")
        #expect(Self.text(slot.expire("b")) == "complete timedOut")
    }

    @Test func aSecondInvocationAtATimeIsRefused() {
        var slot = Self.ready()
        _ = slot.begin("a")
        #expect(Self.text(slot.begin("b")) == "refuse")
        #expect(Self.text(slot.poll(1)) == "refuse")
    }

    @Test func anAnswerToAnotherInvocationIsRefused() {
        var slot = Self.ready()
        #expect(Self.text(slot.answer("a", .response([]))) == "refuse")
        _ = slot.begin("a")
        #expect(Self.text(slot.answer("b", .response([]))) == "refuse")
        #expect(Self.text(slot.answer("a", .error(Self.error))) == "complete \(Slot.Outcome.error(Self.error))")
        #expect(Self.text(slot.answer("a", .error(Self.error))) == "refuse")
    }

    @Test func anErrorOfTheInitPhaseEndsTheRuntime() {
        var slot = Slot()
        #expect(Self.text(slot.failInit(Self.error)) == "initialized \(Slot.Outcome.initError(Self.error))")
        #expect(Self.text(slot.fail(.exited(1))) == "none")
        #expect(Self.text(slot.poll(1)) == "refuse")
    }

    @Test func anErrorIsNoErrorOfTheInitPhaseOnceThatIsOver() {
        var slot = Self.ready()
        #expect(Self.text(slot.failInit(Self.error)) == "refuse")
    }

    @Test func theInitPhaseEndsWithItsTimeOrWithTheProcess() {
        var late = Slot()
        #expect(Self.text(late.expireInit()) == "initialized timedOut")
        var ended = Slot()
        #expect(Self.text(ended.fail(.exited(3))) == "initialized exited(3)")
        var ready = Self.ready()
        #expect(Self.text(ready.expireInit()) == "none")
    }

    @Test func timeEndsTheInvocationItWasSetForAndNoOther() {
        var slot = Self.ready()
        _ = slot.begin("a")
        #expect(Self.text(slot.expire("earlier")) == "none")
        #expect(Self.text(slot.expire("a")) == "complete timedOut")
        #expect(Self.text(slot.answer("a", .response([]))) == "refuse")
        #expect(Self.text(slot.poll(2)) == "refuse")
    }

    @Test func theEndOfTheProcessEndsTheInvocationOnce() {
        var slot = Self.ready()
        _ = slot.begin("a")
        #expect(Self.text(slot.fail(.exited(3))) == "complete exited(3)")
        #expect(Self.text(slot.fail(.exited(3))) == "none")
        #expect(Self.text(slot.expire("a")) == "none")
    }

    @Test func aProcessThatEndedBetweenInvocationsEndsTheNext() {
        var slot = Self.ready()
        #expect(Self.text(slot.fail(.exited(0))) == "none")
        #expect(slot.end == .exited(0))
        #expect(Self.text(slot.begin("a")) == "complete exited(0)")
    }
}
