import Foundation

/// Dates as Lambda prints them: `2018-11-14T23:03:52.894+0000`.
public enum AWSDate {
    public static func format(_ date: Date) -> String {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded())
        let seconds = date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
        return "\(seconds).\(padded(milliseconds % 1000))+0000"
    }

    private static func padded(_ value: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
