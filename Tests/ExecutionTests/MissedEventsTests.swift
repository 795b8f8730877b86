import Testing

@testable import Execution

@Suite struct MissedEventsTests {
    private static func line(_ source: EnvironmentEvent.Source, _ size: Int) -> EnvironmentEvent {
        EnvironmentEvent(.output(source, [UInt8](repeating: 0x78, count: size)))
    }

    @Test func memoryIsBoundedWhateverTheSizeOfLines() {
        for size in [0, 100, 262_118] {
            var missed = MissedEvents()
            for _ in 0..<20_000 { missed.add(Self.line(.function, size)) }
            #expect(missed.events.count * max(size, 100) <= MissedEvents.limit)
            let dropped = missed.dropped[.function]
            #expect(dropped == MissedEvents.Dropped(records: 20_000 - missed.events.count, bytes: (20_000 - missed.events.count) * size))
        }
    }

    @Test func whatDidNotFitIsCountedByWhoWantsIt() {
        var missed = MissedEvents()
        missed.add(Self.line(.function, MissedEvents.limit - 600))
        missed.add(Self.line(.extension("e"), 300))
        missed.add(EnvironmentEvent(.platform(.end(requestID: "1"))))
        missed.add(Self.line(.function, 1000))
        #expect(missed.events.count == 2)
        #expect(missed.dropped == [.extension: .init(records: 1, bytes: 300), .function: .init(records: 1, bytes: 1000)])
    }
}
