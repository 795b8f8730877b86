import AWSWire

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

    /// The hash that a key in such a bucket ends in; nil for other buckets and keys.
    static func sha256(bucket: String, key: String) -> String? {
        guard bucket.hasPrefix("awslambda-"), Kind.allCases.contains(where: { bucket.hasSuffix("-\($0.rawValue)") }),
            key.hasPrefix("snapshots/")
        else { return nil }
        let hash = key.split(separator: "-").last.map(String.init) ?? ""
        return hash.count == 64 ? hash : nil
    }
}
