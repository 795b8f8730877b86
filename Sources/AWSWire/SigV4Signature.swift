import Checksum
import Foundation

/// A Signature Version 4 as a request carries it, in its Authorization header or its query (AWS: "Signature Version 4 signing process").
public struct SigV4Signature: Sendable {
    public var accessKeyID: String
    /// `20261122`.
    public var day: String
    public var region: String
    /// The service that the request is for: `lambda`, `s3`, `sts`.
    public var service: String
    /// Lower-case names in the order that was signed.
    public var signedHeaders: [String]
    /// 64 hexadecimal digits.
    public var signature: String
    /// `20261122T144000Z`.
    public var timestamp: String
    /// Of a presigned URL, how many seconds it holds.
    public var expires: Int?

    public static let algorithm = "AWS4-HMAC-SHA256"

    /// Reads the signature of a request.
    ///
    /// - Throws: ``SigV4Error`` `missing` where there is none, `incomplete` where a part lacks.
    public init(_ head: RequestHead) throws(SigV4Error) {
        if let authorization = head.header("authorization") {
            try self.init(authorization: authorization, head)
        } else if case let query = QueryItems(head.query), query["X-Amz-Algorithm"] != nil {
            try self.init(presigned: query)
        } else {
            throw .missing
        }
    }

    private init(authorization: String, _ head: RequestHead) throws(SigV4Error) {
        guard authorization.hasPrefix(Self.algorithm + " ") else {
            throw .incomplete("Authorization header requires '\(Self.algorithm)'; it begins otherwise")
        }
        var fields: [Substring: Substring] = [:]
        for field in authorization.dropFirst(Self.algorithm.count).split(separator: ",") {
            let parts = field.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1].prefix { $0 != " " } }
        }
        guard let credential = fields["Credential"], let signedHeaders = fields["SignedHeaders"], let signature = fields["Signature"],
            let timestamp = head.header("x-amz-date")
        else {
            throw .incomplete("Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and the header X-Amz-Date")
        }
        try self.init(credential: credential, signedHeaders: signedHeaders, signature: signature, timestamp: timestamp, expires: nil)
    }

    private init(presigned query: QueryItems) throws(SigV4Error) {
        guard query["X-Amz-Algorithm"] == Self.algorithm, let credential = query["X-Amz-Credential"],
            let signedHeaders = query["X-Amz-SignedHeaders"], let signature = query["X-Amz-Signature"], let timestamp = query["X-Amz-Date"],
            let expires = query["X-Amz-Expires"].flatMap({ Int($0) }), (0...604_800).contains(expires)
        else {
            throw .incomplete(
                "Query-string authentication requires the X-Amz-Algorithm, -Credential, -SignedHeaders, -Signature, -Date and -Expires parameters"
            )
        }
        try self.init(
            credential: credential[...], signedHeaders: signedHeaders[...], signature: signature[...], timestamp: timestamp,
            expires: expires)
    }

    private init(
        credential: Substring, signedHeaders: Substring, signature: Substring, timestamp: String, expires: Int?
    ) throws(SigV4Error) {
        let scope = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard scope.count == 5, scope[4] == "aws4_request", scope.allSatisfy({ !$0.isEmpty }), timestamp.hasPrefix(scope[1]) else {
            throw .incomplete(
                "Credential must have the form KEY/DAY/REGION/SERVICE/aws4_request, of the day of X-Amz-Date; it is '\(credential)'")
        }
        accessKeyID = scope[0]
        day = scope[1]
        region = scope[2]
        service = scope[3]
        self.signedHeaders = signedHeaders.split(separator: ";").map { $0.lowercased() }
        self.signature = String(signature)
        self.timestamp = timestamp
        self.expires = expires
        guard self.signedHeaders.contains("host") else { throw .incomplete("'Host' must be a signed header") }
    }

    /// `DAY/REGION/SERVICE/aws4_request`.
    public var scope: String { "\(day)/\(region)/\(service)/aws4_request" }

    /// When the request was signed.
    public var date: Date? { SigV4Date.parse(timestamp) }
}

/// Why a request's signature is not taken.
public enum SigV4Error: Error, Sendable, Hashable {
    case missing
    case incomplete(String)
    case unknownKey
    case mismatch
    /// Signed too long ago or too far ahead; the texts are the signed time and the server's.
    case skewed(signed: String, now: String)
    /// A presigned URL past its end.
    case expired
    /// The body is not the one that was signed.
    case bodyMismatch
}

/// SigV4's times: `20261122T144000Z`.
public enum SigV4Date {
    public static func format(_ date: Date) -> String {
        let text = date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
        return text.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    public static func parse(_ text: String) -> Date? {
        let digits = Array(text.utf8)
        guard digits.count == 16, digits[8] == UInt8(ascii: "T"), digits[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? { Int(String(decoding: digits[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
            let minute = number(11..<13), let second = number(13..<15), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Days since 1970 by the civil calendar; a Calendar would cost more than the rest of a verification.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3600 + minute * 60 + second))
    }
}
