import AWSWire
import Foundation
import Hummingbird
import LambdaModel
import Storage

extension S3Service {
    func listObjects(_ request: SignedRequest, _ bucket: String) throws -> Response {
        let list = try ListRequest(request, bucket, self)
        let marker = request.query["marker"] ?? ""
        let listing = try catalog.read {
            try ObjectListing($0, bucket: bucket, prefix: list.prefix, delimiter: list.delimiter, after: marker, limit: list.limit)
        }
        // S3 tells the next marker only where a delimiter is; else it is the last key.
        let next = listing.isTruncated && list.delimiter != nil ? listing.last.map { [list.element("NextMarker", $0)] } ?? [] : []
        return xml(
            "ListBucketResult",
            list.head(listing.isTruncated) + [list.element("Marker", marker)] + next
                + contents(listing, list, owner: owner(request)))
    }

    func listObjectsV2(_ request: SignedRequest, _ bucket: String) throws -> Response {
        let list = try ListRequest(request, bucket, self)
        let (token, start) = (request.query["continuation-token"], request.query["start-after"])
        let position = try token.map { token in
            guard !token.isEmpty, let data = Data(base64Encoded: token), let text = String(bytes: data, encoding: .utf8) else {
                throw S3Error.invalidArgument("The continuation token provided is incorrect", "continuation-token")
            }
            return text
        }
        let listing = try catalog.read {
            try ObjectListing(
                $0, bucket: bucket, prefix: list.prefix, delimiter: list.delimiter, after: position ?? start ?? "", limit: list.limit)
        }
        var elements = list.head(listing.isTruncated)
        elements.append(XMLText.element("KeyCount", String(listing.objects.count + listing.commonPrefixes.count)))
        if let token { elements.append(XMLText.element("ContinuationToken", token)) }
        if listing.isTruncated, let last = listing.last {
            elements.append(XMLText.element("NextContinuationToken", Data(last.utf8).base64EncodedString()))
        }
        if let start { elements.append(list.element("StartAfter", start)) }
        let owner = request.query["fetch-owner"] == "true" ? owner(request) : nil
        return xml("ListBucketResult", elements + contents(listing, list, owner: owner))
    }

    func listObjectVersions(_ request: SignedRequest, _ bucket: String) throws -> Response {
        let list = try ListRequest(request, bucket, self)
        let (keyMarker, versionMarker) = (request.query["key-marker"] ?? "", request.query["version-id-marker"] ?? "")
        guard versionMarker.isEmpty || !keyMarker.isEmpty else {
            throw S3Error.invalidArgument(
                "A version-id marker cannot be specified without a key marker.", "version-id-marker", versionMarker)
        }
        let listing = try catalog.read { catalog in
            let sequence = versionMarker.isEmpty ? 0 : try catalog.object(bucket, keyMarker, version: versionMarker)?.sequence ?? 0
            return try VersionListing(
                catalog, bucket: bucket, prefix: list.prefix, delimiter: list.delimiter,
                after: keyMarker.isEmpty ? nil : (keyMarker, sequence), limit: list.limit)
        }
        var elements = list.head(listing.isTruncated)
        elements += [list.element("KeyMarker", keyMarker), XMLText.element("VersionIdMarker", versionMarker)]
        if listing.isTruncated, let key = listing.lastKey {
            elements.append(list.element("NextKeyMarker", key))
            if let version = listing.lastVersion { elements.append(XMLText.element("NextVersionIdMarker", version)) }
        }
        elements += listing.versions.map { version in
            let common = [
                list.element("Key", version.key), XMLText.element("VersionId", version.version),
                XMLText.element("IsLatest", version.isLatest ? "true" : "false"),
                XMLText.element("LastModified", Self.date(version.modified)), owner(request),
            ]
            guard version.sha256 != nil else { return XMLText.element("DeleteMarker", common) }
            return XMLText.element("Version", common + details(version))
        }
        return xml("ListVersionsResult", elements + list.prefixes(listing.commonPrefixes))
    }

    private func contents(_ listing: ObjectListing, _ list: ListRequest, owner: String?) -> [String] {
        listing.objects.map { object in
            XMLText.element(
                "Contents",
                [list.element("Key", object.key), XMLText.element("LastModified", Self.date(object.modified))] + details(object)
                    + (owner.map { [$0] } ?? []))
        } + list.prefixes(listing.commonPrefixes)
    }

    private func details(_ object: StoredObject) -> [String] {
        [XMLText.element("ETag", "\"\(object.etag)\"")] + (ObjectChecksum(stored: object.headers)?.listElements ?? []) + [
            XMLText.element("Size", String(object.size)), XMLText.element("StorageClass", "STANDARD"),
        ]
    }
}
