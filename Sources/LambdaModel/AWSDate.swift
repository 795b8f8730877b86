import Foundation

/// Dates as Lambda prints them: `2018-11-14T23:03:52.894+0000`.
public enum AWSDate {
    /// - Parameter zone: As some documents have it: `Z`.
    public static func format(_ date: Date, zone: String = "+0000") -> String {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded())
        let (seconds, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return CivilTime(secondsSince1970: seconds).text(fraction: fraction) + zone
    }
}

/// A UTC time by the Gregorian calendar, computed: a `Calendar` or a format style costs more than a whole look-up in the catalog.
public struct CivilTime: Sendable, Hashable {
    public var year, month, day, hour, minute, second: Int

    public init(secondsSince1970 seconds: Int) {
        let days = Int((Double(seconds) / 86_400).rounded(.down))
        let rest = seconds - days * 86_400
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        // Howard Hinnant, "chrono-compatible low-level date algorithms": years that begin in March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    public init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        (self.year, self.month, self.day, self.hour, self.minute, self.second) = (year, month, day, hour, minute, second)
    }

    public var secondsSince1970: Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// `2018-11-14T23:03:52`.
    public var text: String { text(fraction: nil) }

    /// - Parameter fraction: Milliseconds, to be written as in `2018-11-14T23:03:52.894`.
    func text(fraction: Int?) -> String {
        // In one piece of memory: dates are a good part of a list's answer. A year of more than four digits is cut to its last four.
        String(unsafeUninitializedCapacity: 32) { buffer in
            var end = 0
            func put(_ value: Int, _ width: Int, _ separator: Character? = nil) {
                if let separator = separator?.asciiValue {
                    buffer[end] = separator
                    end += 1
                }
                var rest = abs(value)
                for place in stride(from: end + width - 1, through: end, by: -1) {
                    buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                end += width
            }
            put(year, 4)
            put(month, 2, "-")
            put(day, 2, "-")
            put(hour, 2, "T")
            put(minute, 2, ":")
            put(second, 2, ":")
            if let fraction { put(fraction, 3, ".") }
            return end
        }
    }
}
