/// A service of AWS that the client speaks to.
public enum Service: String, Sendable {
    case lambda, s3, sts

    /// The name in a signature's scope, in `[services]` sections and in AWS's host names.
    public var name: String { rawValue }

    /// `AWS_ENDPOINT_URL_LAMBDA` and the like.
    var endpointVariable: String { "AWS_ENDPOINT_URL_\(rawValue.uppercased())" }

    /// AWS's own endpoint in a region, by the region's partition (botocore: `partitions.json`).
    func defaultURL(region: String) -> String {
        let domain =
            Self.domains.first { region.hasPrefix($0.prefix) }?.domain ?? "amazonaws.com"
        return "https://\(name).\(region).\(domain)"
    }

    private static let domains = [
        (prefix: "cn-", domain: "amazonaws.com.cn"), (prefix: "eusc-", domain: "amazonaws.eu"),
        (prefix: "us-isob-", domain: "sc2s.sgov.gov"), (prefix: "us-isof-", domain: "csp.hci.ic.gov"),
        (prefix: "us-iso-", domain: "c2s.ic.gov"), (prefix: "eu-isoe-", domain: "cloud.adc-e.uk"),
    ]
}
