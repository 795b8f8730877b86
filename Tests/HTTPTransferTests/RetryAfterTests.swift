import LaminaErrors
import Testing

@testable import HTTPTransfer

struct RetryAfterTests {
    private let schedule = RetrySchedule(attempts: 2, base: 1, limit: 1)

    private func busy(_ seconds: String) -> LaminaError {
        HTTPAnswer(status: 429, headers: ["retry-after": seconds], body: []).unavailable("it")
    }

    @Test func aBusyServiceIsLeftAloneForAsLongAsItSays() async throws {
        var attempts = 0
        let start = ContinuousClock.now
        try await schedule.run {
            attempts += 1
            if attempts == 1 { throw busy("1") }
        }
        #expect(attempts == 2)
        #expect(ContinuousClock.now - start >= .seconds(1))
    }

    @Test func thatIsNotWaitedForInAllCases() async {
        var attempts = 0
        let error = await #expect(throws: LaminaError.self) {
            try await schedule.run {
                attempts += 1
                throw busy("3600")
            }
        }
        #expect(attempts == 1)
        #expect(error.map { "\($0)" } == "it answers with status 429: try again after 3600 s")
    }

    @Test(arguments: ["", "-1", "1e9", "99999999", "Fri, 31 Dec 1999 23:59:59 GMT"])
    func whatIsNoNumberOfSecondsIsLeftOut(_ header: String) { #expect(RetryAfter(header) == nil) }
}
