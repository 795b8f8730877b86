/// S3's rules for the names of buckets ("General purpose bucket naming rules").
enum BucketName {
    /// 3 to 63 of lower-case letters, digits, dots and hyphens, letters or digits at the ends, no IP address, and none that S3 keeps for itself.
    static func isValid(_ name: String) -> Bool {
        func isEnd(_ character: Character?) -> Bool { character.map { $0.isASCII && ($0.isLowercase || $0.isNumber) } ?? false }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.count == 4 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
        return !isAddress && (3...63).contains(name.utf8.count) && isEnd(name.first) && isEnd(name.last)
            && name.allSatisfy { isEnd($0) || $0 == "-" || $0 == "." } && !name.contains("..")
            && !reservedPrefixes.contains { name.hasPrefix($0) } && !reservedSuffixes.contains { name.hasSuffix($0) }
    }

    private static let reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-", "awslambda-"]
    private static let reservedSuffixes = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3", ".mrap"]
}
