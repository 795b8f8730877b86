import Checksum
import Foundation
import LambdaModel

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

    /// A signature that is yet to be made: of a scope, over some headers.
    public init(
        accessKeyID: String, day: String, region: String, service: String, signedHeaders: [String], timestamp: String, expires: Int? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.day = day
        self.region = region
        self.service = service
        self.signedHeaders = signedHeaders
        self.timestamp = timestamp
        self.expires = expires
        signature = ""
    }

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
        var credential, signedHeaders, signature: Substring?
        for field in authorization.utf8.dropFirst(Self.algorithm.utf8.count).split(separator: UInt8(ascii: ",")) {
            let field = field.drop { $0 == UInt8(ascii: " ") }
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = Substring(field[field.index(after: equals)...].prefix { $0 != UInt8(ascii: " ") })
            switch Substring(field[..<equals]) {
            case "Credential": credential = value
            case "SignedHeaders": signedHeaders = value
            case "Signature": signature = value
            default: break
            }
        }
        guard let credential, let signedHeaders, let signature, let timestamp = head.header("x-amz-date")
        else {
            throw .incomplete("Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and the header X-Amz-Date")
        }
        try self.init(credential: credential, signedHeaders: signedHeaders, signature: signature, timestamp: timestamp, expires: nil)
    }

    private init(presigned query: QueryItems) throws(SigV4Error) {
        guard query["X-Amz-Algorithm"] == Self.algorithm, let credential = query["X-Amz-Credential"],
            let signedHeaders = query["X-Amz-SignedHeaders"], let signature = query["X-Amz-Signature"], let timestamp = query["X-Amz-Date"],
            let lifetime = query["X-Amz-Expires"]
        else {
            throw .incompleteQuery(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
            )
        }
        guard let expires = Int(lifetime) else { throw .incompleteQuery("X-Amz-Expires should be a number") }
        guard expires >= 0 else { throw .incompleteQuery("X-Amz-Expires must be non-negative") }
        guard expires <= 604_800 else {
            throw .incompleteQuery(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
        }
        try self.init(
            credential: credential[...], signedHeaders: signedHeaders[...], signature: signature[...], timestamp: timestamp,
            expires: expires)
    }

    private init(
        credential: Substring, signedHeaders: Substring, signature: Substring, timestamp: String, expires: Int?
    ) throws(SigV4Error) {
        let scope = credential.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard scope.count == 5, scope[4] == "aws4_request", scope.allSatisfy({ !$0.isEmpty }), timestamp.hasPrefix(scope[1]) else {
            throw .incomplete(
                "Credential must have the form KEY/DAY/REGION/SERVICE/aws4_request, of the day of X-Amz-Date; it is '\(credential)'")
        }
        accessKeyID = scope[0]
        day = scope[1]
        region = scope[2]
        service = scope[3]
        self.signedHeaders = signedHeaders.utf8.split(separator: UInt8(ascii: ";")).map { Substring($0).lowercased() }
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

/// Whom a request claims to be from, whether or not its signature can be read.
public struct ClaimedCredential: Sendable {
    public var accessKeyID: String
    public var region: String
    public var service: String

    /// Nil where no credential of the form KEY/DAY/REGION/SERVICE/aws4_request is named.
    public init?(_ head: RequestHead) {
        let field = head.header("authorization")?.split(whereSeparator: { $0 == " " || $0 == "," }).first { $0.hasPrefix("Credential=") }
        let text = field.map { String($0.dropFirst("Credential=".count)) } ?? QueryItems(head.query)["X-Amz-Credential"]
        guard let parts = text?.split(separator: "/"), parts.count == 5 else { return nil }
        (accessKeyID, region, service) = (String(parts[0]), String(parts[2]), String(parts[3]))
    }
}

/// Why a request's signature is not taken.
public enum SigV4Error: Error, Sendable, Hashable {
    case missing
    case incomplete(String)
    /// The same of a presigned URL.
    case incompleteQuery(String)
    case unknownKey
    case mismatch
    /// Signed too long ago or too far ahead; the texts are the signed time and the server's.
    case skewed(signed: String, now: String)
    /// A presigned URL past its end.
    case expired
    /// The body is not the one that was signed.
    case bodyMismatch
    /// Headers that change what is asked, and that the signature leaves out, by lower-case name.
    case unsignedHeaders([String])
    /// A request to S3 that does not say what its body is, by the header `x-amz-content-sha256`.
    case undeclaredBody
    /// Too many wrong signatures came from the same place.
    case throttled
}

/// SigV4's times: `20261122T144000Z`.
public enum SigV4Date {
    public static func format(_ date: Date) -> String {
        CivilTime(secondsSince1970: Int(date.timeIntervalSince1970.rounded(.down))).text.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    public static func parse(_ text: String) -> Date? {
        let digits = Array(text.utf8)
        guard digits.count == 16, digits[8] == UInt8(ascii: "T"), digits[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? { Int(String(decoding: digits[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
            let minute = number(11..<13), let second = number(13..<15), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        return Date(timeIntervalSince1970: Double(time.secondsSince1970))
    }
}
