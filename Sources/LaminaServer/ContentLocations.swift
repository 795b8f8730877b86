import AWSWire
import Checksum

/// Presigned URLs of a layer's or function's zip, as AWS hands them out, for 10 minutes.
struct ContentLocations: Sendable {
    let accessKeyID: String
    let secret: String

    /// What a location is of; each has a bucket of its own, which no one else can make.
    enum Kind: String, Sendable, CaseIterable {
        case layers, tasks

        func bucket(region: String) -> String { "awslambda-\(region)-\(rawValue)" }
    }

    /// - Parameter endpoint: Where the client reaches this server.
    func url(_ kind: Kind, region: String, account: String, name: String, sha256: String, endpoint: String) -> String {
        SigV4Presigner.presignedGet(
            endpoint: endpoint, path: "/\(kind.bucket(region: region))/snapshots/\(account)/\(name)-\(sha256)", accessKeyID: accessKeyID,
            secret: secret, region: region, service: "s3", expires: 600)
    }

    /// The hash that a key in such a bucket ends in; nil for other buckets and keys, and for those of other accounts.
    static func sha256(bucket: String, key: String, account: String) -> String? {
        guard bucket.hasPrefix("awslambda-"), Kind.allCases.contains(where: { bucket.hasSuffix("-\($0.rawValue)") }),
            key.hasPrefix("snapshots/\(account)/")
        else { return nil }
        return key.split(separator: "-").last.flatMap { SHA256Digest(hexadecimal: $0) }?.hexadecimal
    }
}
