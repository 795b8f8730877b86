import SystemPackage
import Testing

@testable import Execution

@Suite struct RuntimeSlotTests {
    typealias Slot = RuntimeSlot<Int>

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
        #expect(Self.text(slot.answer("a", .error([1]))) == "complete error([1])")
        #expect(Self.text(slot.answer("a", .error([1]))) == "refuse")
    }

    @Test func anErrorOfTheInitPhaseEndsTheRuntime() {
        var slot = Slot()
        #expect(Self.text(slot.failInit([9])) == "initialized initError([9])")
        #expect(Self.text(slot.exit(1)) == "none")
        #expect(Self.text(slot.poll(1)) == "refuse")
    }

    @Test func anErrorIsNoErrorOfTheInitPhaseOnceThatIsOver() {
        var slot = Self.ready()
        #expect(Self.text(slot.failInit([9])) == "refuse")
    }

    @Test func theInitPhaseEndsWithItsTimeOrWithTheProcess() {
        var late = Slot()
        #expect(Self.text(late.expireInit()) == "initialized timedOut")
        var ended = Slot()
        #expect(Self.text(ended.exit(3)) == "initialized exited(3)")
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
        #expect(Self.text(slot.exit(3)) == "complete exited(3)")
        #expect(Self.text(slot.exit(3)) == "none")
        #expect(Self.text(slot.expire("a")) == "none")
    }

    @Test func aProcessThatEndedBetweenInvocationsEndsTheNext() {
        var slot = Self.ready()
        #expect(Self.text(slot.exit(0)) == "none")
        #expect(slot.end == .exited(0))
        #expect(Self.text(slot.begin("a")) == "complete exited(0)")
    }
}

@Suite struct CgroupParentTests {
    @Test func theMemoryControllerOfVersion1IsFoundAtItsMount() {
        let membership = "9:name=systemd:/\n4:memory:/session/1\n0::/\n"
        let mounts =
            "30 25 0:26 / /sys/fs/cgroup/memory rw shared:1 - cgroup cgroup rw,memory\n31 25 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
        let own = CgroupParent.own(membership, mounts)
        #expect(own?.0 == "/sys/fs/cgroup/memory/session/1")
        #expect(own?.1 == .v1)
    }

    @Test func version2IsTakenWhereVersion1HasNoMemory() {
        let own = CgroupParent.own("0::/user.slice/app\n", "24 23 0:22 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n")
        #expect(own?.0 == "/sys/fs/cgroup/user.slice/app")
        #expect(own?.1 == .v2)
    }

    @Test func aContainersMountShowsItsOwnPart() {
        let own = CgroupParent.own(
            "4:memory:/docker/abc/x\n", "30 25 0:26 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n")
        #expect(own?.0 == "/sys/fs/cgroup/memory/x")
    }

    @Test func nothingIsFoundWithoutAMount() { #expect(CgroupParent.own("0::/\n", "") == nil) }
}
