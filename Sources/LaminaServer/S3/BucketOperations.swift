import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import Registry
import Storage

extension S3Service {
    func listBuckets(_ request: SignedRequest) throws -> Response {
        let number = request.query["max-buckets"] ?? "10000"
        guard let limit = Int(number), (1...10_000).contains(limit) else {
            throw S3Error.invalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", number)
        }
        let (prefix, region) = (request.query["prefix"], request.query["bucket-region"])
        let token = request.query["continuation-token"]
        let buckets = try catalog.read {
            try $0.buckets(of: request.caller.scope.account, after: token ?? "", prefix: prefix ?? "", region: region, limit: limit + 1)
        }
        // S3 tells the regions to those who ask for pages, or for some buckets only.
        let tellsRegion = request.query["max-buckets"] != nil || prefix != nil || region != nil || token != nil
        let page = buckets.prefix(limit)
        let elements = page.map { bucket in
            XMLText.element(
                "Bucket",
                [XMLText.element("Name", bucket.name), XMLText.element("CreationDate", Self.date(bucket.created))]
                    + (tellsRegion ? [XMLText.element("BucketRegion", bucket.region)] : []))
        }
        let next = buckets.count > limit ? page.last.map { [XMLText.element("ContinuationToken", $0.name)] } ?? [] : []
        return xml(
            "ListAllMyBucketsResult",
            [owner(request), XMLText.element("Buckets", elements)] + next + (prefix.map { [XMLText.element("Prefix", $0)] } ?? []))
    }

    func createBucket(_ request: SignedRequest, _ name: String) async throws -> Response {
        let body = try await request.body.collect(limit: 1 << 16)
        guard BucketName.isValid(name) else { throw S3Error.invalidBucketName(name) }
        let scope = request.caller.scope
        let configuration = body.isEmpty ? nil : try XMLTree.parse(body, root: "CreateBucketConfiguration")
        try Self.checkLocation(configuration?.text("LocationConstraint").flatMap { $0.isEmpty ? nil : $0 }, for: scope.region)
        let bucket = Bucket(name: name, account: scope.account, region: scope.region, created: Date())
        let owner = try await catalog.write { catalog in
            try catalog.insert(bucket) ? nil : try catalog.bucket(name)?.account
        }
        if let owner {
            guard owner == scope.account else {
                throw S3Error.error(
                    "BucketAlreadyExists", 409,
                    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
                    ["BucketName": name])
            }
            // S3: in us-east-1 making one's own bucket again is no error.
            guard scope.region == "us-east-1" else {
                throw S3Error.error(
                    "BucketAlreadyOwnedByYou", 409, "Your previous request to create the named bucket succeeded and you already own it.",
                    ["BucketName": name])
            }
        }
        return Response(status: .ok, headers: Self.fields(["location": "/\(name)", "x-amz-bucket-arn": "arn:aws:s3:::\(name)"]))
    }

    /// - Parameter constraint: Where the client wants the bucket to be; us-east-1 is wanted by saying nothing.
    private static func checkLocation(_ constraint: String?, for region: String) throws {
        if let constraint, constraint == "us-east-1" || constraint != "EU" && !isRegion(constraint) {
            throw S3Error.error(
                "InvalidLocationConstraint", 400, "The specified location-constraint is not valid", ["LocationConstraint": constraint])
        }
        guard (constraint == "EU" ? "eu-west-1" : constraint ?? "us-east-1") == region else {
            throw S3Error.error(
                "IllegalLocationConstraintException", 400,
                "The \(constraint ?? "unspecified") location constraint is incompatible for the region specific endpoint this request was sent to."
            )
        }
    }

    /// Whether a text has the form of a region's name, whose last part is a number: `eu-west-1`.
    private static func isRegion(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count >= 3 && Int(parts[parts.count - 1]) != nil
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) } }
    }

    func headBucket(_ request: SignedRequest, _ name: String) throws -> Response {
        let bucket = try requireBucket(name, request)
        return Response(status: .ok, headers: Self.fields(["x-amz-bucket-region": bucket.region]))
    }

    func deleteBucket(_ request: SignedRequest, _ name: String) async throws -> Response {
        let bucket = try requireBucket(name, request)
        let dropped = try await catalog.write(freesSpace: true) { catalog in
            try catalog.renew(bucket)
            return try catalog.deleteBucket(name)
        }
        guard let dropped else {
            let hint = bucket.versioning == nil ? "" : ". You must delete all versions in the bucket."
            throw S3Error.error("BucketNotEmpty", 409, "The bucket you tried to delete is not empty" + hint, ["BucketName": name])
        }
        await collector.consider(dropped)
        return Response(status: .noContent)
    }

    func getBucketLocation(_ request: SignedRequest, _ name: String) throws -> Response {
        let bucket = try requireBucket(name, request)
        // The root itself holds the region's name; us-east-1's is empty.
        return xml("LocationConstraint", bucket.region == "us-east-1" ? [] : [XMLText.escape(bucket.region)])
    }

    /// The element that names whom a bucket or an object belongs to.
    func owner(_ request: SignedRequest, _ name: String = "Owner") -> String {
        let account = request.caller.scope.account
        return XMLText.element(name, [XMLText.element("ID", account), XMLText.element("DisplayName", account)])
    }
}
