import LaminaErrors
import Testing

@testable import LaminaClient

@Suite struct ConnectionSettingsTests {
    static let config = """
        [default]
        region = eu-west-1

        [profile dev]
        region = eu-north-1
        endpoint_url = http://dev:1
        services = local

        [profile global]
        endpoint_url = http://global:1

        [profile aws]
        endpoint_url = http://aws:1
        ignore_configured_endpoint_urls = true

        [profile broken]
        services = nowhere

        [services local]
        lambda =
          endpoint_url = http://services:1
        """

    static func settings(
        _ flags: ConnectionSettings.Flags = .init(), _ environment: [String: String] = [:], credentials: String? = nil
    ) throws -> ConnectionSettings {
        try ConnectionSettings(flags, environment: environment, config: config, credentials: credentials)
    }

    struct RegionCase: Sendable {
        var flag: String?
        var environment: [String: String] = [:]
        var region: String
    }

    @Test(arguments: [
        RegionCase(flag: "f", environment: ["AWS_REGION": "r", "AWS_DEFAULT_REGION": "d"], region: "f"),
        RegionCase(environment: ["AWS_REGION": "r", "AWS_DEFAULT_REGION": "d"], region: "r"),
        RegionCase(environment: ["AWS_REGION": "", "AWS_DEFAULT_REGION": "d"], region: "d"),
        RegionCase(environment: ["AWS_DEFAULT_REGION": "d", "AWS_PROFILE": "dev"], region: "d"),
        RegionCase(environment: ["AWS_PROFILE": "dev", "AWS_DEFAULT_PROFILE": "global"], region: "eu-north-1"),
        RegionCase(environment: ["AWS_DEFAULT_PROFILE": "dev"], region: "eu-north-1"), RegionCase(region: "eu-west-1"),
        RegionCase(environment: ["AWS_PROFILE": "global"], region: "of-the-arn"),
    ])
    func theRegionIsTheFirstOfFlagEnvironmentProfileAndARN(_ test: RegionCase) throws {
        let settings = try Self.settings(.init(region: test.flag), test.environment)
        #expect(try settings.region(fallback: "of-the-arn") == test.region)
    }

    @Test(arguments: ["a.b", "evil.example/", ""]) func aRegionThatCouldNameAnotherHostIsRefused(_ region: String) throws {
        let settings = try Self.settings(.init(region: region))
        #expect(throws: LaminaError.self) { try settings.region() }
    }

    struct EndpointCase: Sendable {
        var flag: String?
        var environment: [String: String]
        var service = Service.lambda
        var url: String
        var source: String?
    }

    static let all = [
        "AWS_ENDPOINT_URL_LAMBDA": "http://lambda:1", "AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_S3": "http://s3:1",
        "AWS_PROFILE": "dev",
    ]

    @Test(arguments: [
        EndpointCase(flag: "http://flag:1", environment: all, url: "http://flag:1", source: "--endpoint-url"),
        EndpointCase(environment: all, url: "http://lambda:1", source: "AWS_ENDPOINT_URL_LAMBDA"),
        EndpointCase(environment: all, service: .s3, url: "http://s3:1", source: "AWS_ENDPOINT_URL_S3"),
        EndpointCase(environment: all, service: .sts, url: "http://all:1", source: "AWS_ENDPOINT_URL"),
        EndpointCase(environment: ["AWS_PROFILE": "dev"], url: "http://services:1", source: "[services local]"),
        EndpointCase(environment: ["AWS_PROFILE": "dev"], service: .s3, url: "http://dev:1", source: "profile 'dev'"),
        EndpointCase(environment: ["AWS_PROFILE": "global"], url: "http://global:1", source: "profile 'global'"),
        EndpointCase(environment: [:], url: "https://lambda.eu-west-1.amazonaws.com"),
        EndpointCase(environment: ["AWS_PROFILE": "aws"], url: "https://lambda.eu-west-1.amazonaws.com"),
        EndpointCase(
            environment: all.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"]) { $1 },
            url: "https://lambda.eu-west-1.amazonaws.com"),
        EndpointCase(
            flag: "http://flag:1/", environment: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], url: "http://flag:1",
            source: "--endpoint-url"),
    ])
    func theEndpointIsTheFirstOfFlagEnvironmentServicesProfileAndAWS(_ test: EndpointCase) throws {
        let endpoint = try Self.settings(.init(endpointURL: test.flag), test.environment).endpoint(of: test.service, region: "eu-west-1")
        #expect(endpoint.origin + endpoint.pathPrefix == test.url)
        #expect(endpoint.source == test.source)
    }

    @Test(arguments: [
        (Service.lambda, "cn-north-1", "https://lambda.cn-north-1.amazonaws.com.cn"),
        (.s3, "us-east-1", "https://s3.us-east-1.amazonaws.com"),
        (.lambda, "us-gov-west-1", "https://lambda.us-gov-west-1.amazonaws.com"),
        (.lambda, "us-isob-east-1", "https://lambda.us-isob-east-1.sc2s.sgov.gov"),
    ])
    func eachPartitionHasItsDomain(_ service: Service, _ region: String, _ url: String) throws {
        #expect(try service.defaultURL(region: region) == url)
    }

    @Test(arguments: [
        (Service.lambda, "us-east-1", true, false, "https://lambda-fips.us-east-1.amazonaws.com"),
        (.lambda, "eu-west-1", false, true, "https://lambda.eu-west-1.api.aws"),
        (.lambda, "us-gov-west-1", true, true, "https://lambda-fips.us-gov-west-1.api.aws"),
        (.s3, "us-east-1", false, true, "https://s3.dualstack.us-east-1.amazonaws.com"),
        (.s3, "us-east-1", true, true, "https://s3-fips.dualstack.us-east-1.amazonaws.com"),
        (.sts, "us-gov-west-1", true, false, "https://sts.us-gov-west-1.amazonaws.com"),
        (.lambda, "cn-north-1", false, true, "https://lambda.cn-north-1.api.amazonwebservices.com.cn"),
    ])
    func awsHasEndpointsOfOtherKinds(_ service: Service, _ region: String, _ isFIPS: Bool, _ isDualStack: Bool, _ url: String) throws {
        #expect(try service.defaultURL(region: region, EndpointVariant(isFIPS: isFIPS, isDualStack: isDualStack)) == url)
    }

    @Test(arguments: [
        ("http://LocalHost:80/api/", "http://localhost", "localhost", "/api"), ("https://h:443", "https://h", "h", ""),
        ("http://h:443", "http://h:443", "h:443", ""), ("http://[::1]:9", "http://[::1]:9", "[::1]:9", ""),
    ])
    func theHostHeaderNamesThePortUnlessItIsTheSchemesOwn(_ text: String, _ origin: String, _ host: String, _ prefix: String) throws {
        let endpoint = try ServiceEndpoint(text, source: nil)
        #expect(endpoint.origin == origin)
        #expect(endpoint.host == host)
        #expect(endpoint.pathPrefix == prefix)
    }

    @Test(arguments: ["localhost:9090", "ftp://h", "http://", "", "http://u:p@h", "http://h?x=1"])
    func whatIsNoURLOfAServerIsRefusedWithItsSource(_ text: String) {
        let error = #expect(throws: LaminaError.self) { try ServiceEndpoint(text, source: "AWS_ENDPOINT_URL") }
        #expect(error?.message.contains("AWS_ENDPOINT_URL") == true)
    }

    @Test func aProfileThatDoesNotExistIsNamedWithThoseThatDo() {
        let error = #expect(throws: LaminaError.self) { try Self.settings(.init(profile: "nope"), credentials: "[extra]\nx = 1") }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("'nope'") == true)
        #expect(error?.message.hasSuffix("there are aws, broken, default, dev, extra, global") == true)
    }

    @Test func aServicesSectionThatDoesNotExistIsNamed() throws {
        let settings = try Self.settings(.init(profile: "broken"))
        let error = #expect(throws: LaminaError.self) { try settings.endpoint(of: .lambda, region: "eu-west-1") }
        #expect(error?.message == "profile 'broken' has services = nowhere, and the config file has no [services nowhere]")
    }
}
