import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import Storage

extension S3Service {
    func deleteObject(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let owner = try requireBucket(bucket, request)
        let target = DeletionTarget(key: key, version: try version(request, owner), etag: request.head.header("if-match"))
        let deletion = try await catalog.write(freesSpace: true) { try target.delete(from: try $0.renew(owner), $0) }
        await collector.consider(deletion.dropped)
        var headers: [String: String] = [:]
        if owner.versioning != nil, let version = deletion.version { headers["x-amz-version-id"] = version }
        if deletion.isMarker { headers["x-amz-delete-marker"] = "true" }
        return Response(status: .noContent, headers: Self.fields(headers))
    }

    func deleteObjects(_ request: SignedRequest, _ bucket: String) async throws -> Response {
        let owner = try requireBucket(bucket, request)
        let tree = try XMLTree.parse(try await collectVerified(request, limit: 4 << 20, isRequired: true), root: "Delete")
        let targets = try tree.children.filter { $0.name == "Object" }.map(DeletionTarget.init)
        guard (1...1000).contains(targets.count) else { throw S3Error.malformedXML }
        let isQuiet = tree.text("Quiet") == "true"
        let outcomes = try await catalog.write(freesSpace: true) { catalog in
            let owner = try catalog.renew(owner)
            return try targets.map { target -> (DeletionTarget, Result<Deletion, APIError>) in
                do {
                    return (target, .success(try target.deleteKnown(from: owner, catalog)))
                } catch let error as APIError {
                    return (target, .failure(error))
                }
            }
        }
        await collector.consider(outcomes.reduce(into: []) { $0.formUnion((try? $1.1.get())?.dropped ?? []) })
        return xml(
            "DeleteResult",
            outcomes.compactMap { target, outcome in
                let named = [XMLText.element("Key", target.key)] + (target.version.map { [XMLText.element("VersionId", $0)] } ?? [])
                switch outcome {
                case .success(let deletion): return isQuiet ? nil : XMLText.element("Deleted", named + deletion.markerElements)
                case .failure(let error):
                    return XMLText.element(
                        "Error", named + [XMLText.element("Code", error.name), XMLText.element("Message", error.message)])
                }
            })
    }
}
