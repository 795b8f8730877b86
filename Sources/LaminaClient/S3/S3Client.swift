import AWSWire
import Foundation
import HTTPTransfer
import LaminaErrors

/// An object in a bucket.
public struct S3Object: Sendable, Hashable {
    public var bucket: String
    public var key: String

    public init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }
}

extension S3Object: CustomStringConvertible {
    public var description: String { "s3://\(bucket)/\(key)" }
}

/// The one operation of S3 that publishing large layers needs.
public struct S3Client: Sendable {
    private let sender: ServiceSender

    /// - Throws: ``LaminaError`` when the endpoint that is set is no URL.
    public init(_ connection: Connection) throws { sender = try connection.sender(.s3) }

    /// Uploads a file as it is read, without holding it in memory (PutObject, at most 5 GB).
    public func put(_ upload: LayerUpload, at object: S3Object, progress: TransferProgress? = nil) async throws {
        // The bucket stands in the path: so it works with every server, and with names that have dots.
        let path = "/\(PercentEncoding.encode(object.bucket))/\(PercentEncoding.encode(object.key, keepingSlashes: true))"
        let request = ServiceRequest(
            purpose: "upload to \(object)", method: "PUT", path: path, headers: ["content-type": "application/zip"],
            body: .file(upload.path, upload.digest), isIdempotent: true)
        do {
            _ = try await sender.send(request, progress: progress)
        } catch let error as LaminaError where error.serviceError?.name == "NoSuchBucket" {
            throw error.adding(hints: ["make the bucket: aws s3 mb s3://\(object.bucket)"])
        } catch let error as LaminaError where error.serviceError.map({ (300..<400).contains($0.status) }) == true {
            throw error.adding(hints: ["the bucket is in another region than \(sender.region); use one of this region"])
        }
    }
}
