import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import Registry
import Storage

extension S3Service {
    func createBucket(_ request: SignedRequest, _ name: String) async throws -> Response {
        _ = try await request.body.collect(limit: 1 << 16)
        guard Self.isBucketName(name), !name.hasPrefix("awslambda-") else {
            throw S3Error.error("InvalidBucketName", 400, "The specified bucket is not valid.")
        }
        let scope = request.caller.scope
        if try await !catalog.insert(Bucket(name: name, account: scope.account, region: scope.region), created: Date()) {
            guard try await catalog.bucket(name)?.account == scope.account else {
                throw S3Error.error(
                    "BucketAlreadyExists", 409,
                    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
                )
            }
            // S3: in us-east-1 making one's own bucket again is no error.
            guard scope.region == "us-east-1" else {
                throw S3Error.error(
                    "BucketAlreadyOwnedByYou", 409, "Your previous request to create the named bucket succeeded and you already own it.")
            }
        }
        return Response(status: .ok, headers: [.location: "/\(name)"])
    }

    func headBucket(_ request: SignedRequest, _ name: String) async throws -> Response {
        try await requireBucket(name, request)
        return Response(status: .ok)
    }

    /// 3 to 63 of lower-case letters, digits, dots and hyphens, letters or digits at the ends (S3: "Bucket naming rules").
    private static func isBucketName(_ name: String) -> Bool {
        func isEnd(_ character: Character?) -> Bool { character.map { $0.isASCII && ($0.isLowercase || $0.isNumber) } ?? false }
        return (3...63).contains(name.utf8.count) && isEnd(name.first) && isEnd(name.last)
            && name.allSatisfy { isEnd($0) || $0 == "-" || $0 == "." } && !name.contains("..")
    }
}
