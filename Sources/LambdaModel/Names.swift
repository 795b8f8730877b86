/// The alphabet of layer and function names.
extension StringProtocol {
    /// Whether the text has 1 to `limit` characters of `[a-zA-Z0-9-_]`.
    public func isLambdaName(limit: Int) -> Bool {
        !isEmpty && utf8.count <= limit
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Whether the text is an organization's id: `o-[a-z0-9]{10,32}`.
    public var isOrganizationID: Bool {
        let id = dropFirst(2)
        return hasPrefix("o-") && (10...32).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }

    /// Whether the text is a 12-digit account id.
    public var isAccountID: Bool { utf8.count == 12 && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
}

/// Where a resource lives: the account that owns it and the region of the request that made it.
public struct Scope: Sendable, Hashable {
    /// The account of a server's root key.
    public static let rootAccount = "000000000000"

    public var account: String
    public var region: String

    public init(account: String, region: String) {
        self.account = account
        self.region = region
    }
}
