import SystemPackage
import Testing

@testable import Execution

@Suite struct RuntimeSlotTests {
    typealias Slot = RuntimeSlot<Int>

    /// An action as text, since its polls need no equality.
    static func text(_ action: Slot.Action) -> String {
        switch action {
        case .none: "none"
        case .send(let id, let poll): "send \(id) to \(poll)"
        case .complete(let outcome): "complete \(outcome)"
        case .refuse: "refuse"
        }
    }

    @Test func anInvocationWaitsForTheRuntimeAndTheRuntimeForTheNext() {
        var slot = Slot()
        #expect(Self.text(slot.begin("a")) == "none")
        #expect(Self.text(slot.poll(1)) == "send a to 1")
        #expect(Self.text(slot.answer("a", .response([7]))) == "complete response([7])")
        #expect(Self.text(slot.poll(2)) == "none")
        #expect(Self.text(slot.begin("b")) == "send b to 2")
    }

    @Test func anAnswerToAnotherInvocationIsRefused() {
        var slot = Slot()
        _ = slot.begin("a")
        #expect(Self.text(slot.answer("a", .response([]))) == "refuse")
        _ = slot.poll(1)
        #expect(Self.text(slot.answer("b", .response([]))) == "refuse")
        #expect(Self.text(slot.answer("a", .error([1]))) == "complete error([1])")
        #expect(Self.text(slot.answer("a", .error([1]))) == "refuse")
    }

    @Test func anErrorOfTheInitPhaseEndsTheInvocationThatWaits() {
        var slot = Slot()
        _ = slot.begin("a")
        #expect(Self.text(slot.failInit([9])) == "complete initError([9])")
        #expect(Self.text(slot.exit(1)) == "none")
        #expect(Self.text(slot.begin("b")) == "complete initError([9])")
    }

    @Test func timeEndsTheInvocationItWasSetForAndNoOther() {
        var slot = Slot()
        _ = slot.poll(1)
        _ = slot.begin("a")
        #expect(Self.text(slot.expire("earlier")) == "none")
        #expect(Self.text(slot.expire("a")) == "complete timedOut")
        #expect(Self.text(slot.answer("a", .response([]))) == "refuse")
        #expect(Self.text(slot.poll(2)) == "refuse")
    }

    @Test func theEndOfTheProcessEndsTheInvocationOnce() {
        var slot = Slot()
        _ = slot.poll(1)
        _ = slot.begin("a")
        #expect(Self.text(slot.exit(3)) == "complete exited(3)")
        #expect(Self.text(slot.exit(3)) == "none")
        #expect(Self.text(slot.expire("a")) == "none")
    }

    @Test func aProcessThatEndedBetweenInvocationsEndsTheNext() {
        var slot = Slot()
        _ = slot.poll(1)
        #expect(Self.text(slot.exit(0)) == "none")
        #expect(Self.text(slot.begin("a")) == "complete exited(0)")
    }
}
