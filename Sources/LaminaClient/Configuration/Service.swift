/// A service of AWS that the client speaks to.
public enum Service: String, Sendable {
    case lambda, s3, sts

    /// The name in a signature's scope, in `[services]` sections and in AWS's host names.
    public var name: String { rawValue }

    /// `AWS_ENDPOINT_URL_LAMBDA` and the like.
    var endpointVariable: String { "AWS_ENDPOINT_URL_\(rawValue.uppercased())" }
}
