import LaminaErrors

/// Which of AWS's own endpoints is meant: validated cryptography, and IPv6 beside IPv4.
struct EndpointVariant: Sendable, Hashable {
    var isFIPS = false
    var isDualStack = false

    var isPlain: Bool { !isFIPS && !isDualStack }
}

extension Service {
    /// AWS's own endpoint in a region, by the region's partition (botocore: `partitions.json` and each service's rule set).
    ///
    /// - Throws: ``LaminaError`` `unsupported` where the partition has no such endpoints.
    func defaultURL(region: String, _ variant: EndpointVariant = EndpointVariant()) throws -> String {
        let partition = Self.partitions.first { region.hasPrefix($0.prefix) } ?? Self.standard
        // The token service of the government's regions is validated under its plain name.
        let isNamed = variant.isFIPS && !(self == .sts && region.hasPrefix("us-gov-") && !variant.isDualStack)
        let host = isNamed ? "\(name)-fips" : name
        guard variant.isDualStack else { return "https://\(host).\(region).\(partition.domain)" }
        guard let domain = partition.dualStack else {
            throw LaminaError(.unsupported, "\(region) has no dual-stack endpoints: unset AWS_USE_DUALSTACK_ENDPOINT")
        }
        return self == .s3 ? "https://\(host).dualstack.\(region).\(partition.domain)" : "https://\(host).\(region).\(domain)"
    }

    private struct Partition {
        var prefix: String
        var domain: String
        var dualStack: String?
    }

    private static let standard = Partition(prefix: "", domain: "amazonaws.com", dualStack: "api.aws")

    private static let partitions = [
        Partition(prefix: "cn-", domain: "amazonaws.com.cn", dualStack: "api.amazonwebservices.com.cn"),
        Partition(prefix: "eusc-", domain: "amazonaws.eu", dualStack: "api.amazonwebservices.eu"),
        Partition(prefix: "us-isob-", domain: "sc2s.sgov.gov"), Partition(prefix: "us-isof-", domain: "csp.hci.ic.gov"),
        Partition(prefix: "us-iso-", domain: "c2s.ic.gov"), Partition(prefix: "eu-isoe-", domain: "cloud.adc-e.uk"),
    ]
}
