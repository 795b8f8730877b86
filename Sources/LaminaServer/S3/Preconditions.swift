import AWSWire
import Foundation
import LambdaModel
import Storage

/// The conditions of a read (RFC 9110, 13): whether the object is the one that the client wants, or has.
enum ReadPrecondition {
    case passed
    /// 304, by the header of the name.
    case notModified(String)
    /// 412, by the header of the name.
    case failed(String)

    /// - Parameter prefix: Before the headers' names; `x-amz-copy-source-` for the source of a copy.
    static func evaluate(_ head: RequestHead, _ object: StoredObject, prefix: String = "") -> ReadPrecondition {
        func header(_ name: String) -> String? { head.header(prefix + name.lowercased()) }
        let modified = Int(object.modified.timeIntervalSince1970)
        if let wanted = header("If-Match") {
            guard matches(wanted, object) else { return .failed(prefix + "If-Match") }
        } else if let date = header("If-Unmodified-Since").flatMap(HTTPDate.parse), modified > date {
            return .failed(prefix + "If-Unmodified-Since")
        }
        if let had = header("If-None-Match") {
            if matches(had, object) { return .notModified(prefix + "If-None-Match") }
        } else if let date = header("If-Modified-Since").flatMap(HTTPDate.parse), modified <= date,
            date <= Int(Date().timeIntervalSince1970)
        {
            return .notModified(prefix + "If-Modified-Since")
        }
        return .passed
    }

    static func matches(_ list: String, _ object: StoredObject) -> Bool {
        list.split(separator: ",").contains { item in
            let tag = item.filter { $0 != "\"" && $0 != " " }
            return tag == "*" || tag == object.etag
        }
    }
}

/// The conditions of a write: only where the key is free, or where it holds a known object.
struct WritePrecondition: Sendable {
    private let mustBeFree: Bool
    private let etag: String?

    /// - Throws: `APIError` NotImplemented for values that S3 does not take.
    init(_ head: RequestHead) throws {
        let (match, noneMatch) = (head.header("if-match"), head.header("if-none-match"))
        guard match == nil || noneMatch == nil else {
            throw S3Error.notImplemented("If-Match,If-None-Match", "Multiple conditional request headers present in the request")
        }
        guard match != "*" else { throw S3Error.notImplemented("If-Match", Self.refusal("If-Match")) }
        guard noneMatch == nil || noneMatch == "*" else { throw S3Error.notImplemented("If-None-Match", Self.refusal("If-None-Match")) }
        mustBeFree = noneMatch != nil
        etag = match
    }

    private static func refusal(_ header: String) -> String {
        "We don't accept the provided value of \(header) header for this API"
    }

    /// - Parameter current: The key's latest version.
    /// - Throws: `APIError` PreconditionFailed, NoSuchKey.
    func check(_ current: StoredObject?, _ key: String) throws {
        if mustBeFree, current != nil { throw S3Error.preconditionFailed("If-None-Match") }
        guard let etag else { return }
        guard let current else { throw S3Error.noSuchKey(key) }
        guard ReadPrecondition.matches(etag, current) else { throw S3Error.preconditionFailed("If-Match") }
    }
}

/// RFC 9110's dates: `Sun, 22 Nov 2026 14:40:00 GMT`.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func format(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let time = CivilTime(secondsSince1970: seconds)
        let parts = time.text.split { "-T".contains($0) }
        return "\(days[(seconds / 86_400) % 7]), \(parts[2]) \(months[time.month - 1]) \(parts[0]) \(parts[3]) GMT"
    }

    /// Seconds since 1970; nil for what is no such date.
    static func parse(_ text: String) -> Int? {
        let parts = text.split { ", :".contains($0) }
        guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1...9999).contains(year),
            let hour = Int(parts[4]), (0...23).contains(hour), let minute = Int(parts[5]), (0...59).contains(minute),
            let second = Int(parts[6]), (0...60).contains(second)
        else { return nil }
        return CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second).secondsSince1970
    }
}
