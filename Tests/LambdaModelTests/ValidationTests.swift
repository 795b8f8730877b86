import Foundation
import LambdaModel
import Testing

@Suite struct ValidationTests {
    @Test func allThatIsWrongIsToldInOneError() throws {
        var validation = Validation()
        validation.requireLength("description", String(repeating: "x", count: 257), atMost: 256)
        validation.requireRange("timeout", 901, 1...900)
        validation.requireRange("memorySize", 512, 128...10_240)
        let error = #expect(throws: APIError.self) { try validation.finish() }
        #expect(error?.name == "ValidationException")
        #expect(error?.status == 400)
        #expect(error?.message.hasPrefix("2 validation errors detected: Value 'xxx") == true)
        #expect(
            error?.message.hasSuffix(
                "; Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900") == true)
    }

    @Test func whatIsRightIsNoError() throws {
        var validation = Validation()
        validation.requireLength("description", nil, atMost: 256)
        validation.requireRange("timeout", 900, 1...900)
        try validation.finish()
    }

    @Test func datesAreWrittenAsLambdaWritesThem() {
        #expect(AWSDate.format(Date(timeIntervalSince1970: 1_542_236_632.894)) == "2018-11-14T23:03:52.894+0000")
        #expect(AWSDate.format(Date(timeIntervalSince1970: 0.007)) == "1970-01-01T00:00:00.007+0000")
        #expect(CivilTime(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59).text == "9999-12-31T23:59:59")
    }

    @Test func decimalsAreRoundedAndPadded() {
        #expect(1.005.rounded(toPlaces: 1) == "1.0")
        #expect(0.07.rounded(toPlaces: 2) == "0.07")
        #expect(168.4.rounded(toPlaces: 2) == "168.40")
    }
}
