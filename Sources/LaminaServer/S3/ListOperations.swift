import AWSWire
import Foundation
import Hummingbird
import LambdaModel
import Storage

extension S3Service {
    func listObjects(_ request: SignedRequest, _ bucket: String) throws -> Response {
        let list = try ListRequest(request, bucket, self)
        let marker = request.query["marker"] ?? ""
        let listing = try objects(list, after: marker)
        // S3 tells the next marker only where a delimiter is; else it is the last key.
        let next = listing.isTruncated && list.delimiter != nil ? listing.lastKey.map { [list.element("NextMarker", $0)] } ?? [] : []
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
        let listing = try objects(list, after: position ?? start ?? "")
        var elements = list.head(listing.isTruncated)
        elements.append(XMLText.element("KeyCount", String(listing.entries.count + listing.commonPrefixes.count)))
        if let token { elements.append(XMLText.element("ContinuationToken", token)) }
        if listing.isTruncated, let last = listing.lastKey {
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
            // The newest come first; none is behind 0. A version that was deleted since has no place: its key is listed from the start,
            // as those who delete what they list would miss the rest of it.
            let rank = versionMarker.isEmpty ? 0 : try catalog.object(bucket, keyMarker, version: versionMarker)?.sequence
            return try KeyListing(
                list, after: keyMarker.isEmpty ? nil : KeyPosition(key: keyMarker, rank: rank),
                position: { KeyPosition(key: $0.key, rank: $0.sequence) }
            ) { try catalog.objectVersions(in: bucket, after: $0.key, $0.rank ?? .max, limit: $1) }
        }
        var elements = list.head(listing.isTruncated)
        elements += [list.element("KeyMarker", keyMarker), XMLText.element("VersionIdMarker", versionMarker)]
        if listing.isTruncated, let key = listing.lastKey {
            elements.append(list.element("NextKeyMarker", key))
            if let version = listing.lastEntry?.version { elements.append(XMLText.element("NextVersionIdMarker", version)) }
        }
        elements += listing.entries.map { version in
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

    private func objects(_ list: ListRequest, after marker: String) throws -> KeyListing<StoredObject> {
        try catalog.read { catalog in
            try KeyListing(
                list, after: marker.isEmpty ? nil : KeyPosition(key: marker, rank: ()), position: { KeyPosition(key: $0.key, rank: ()) }
            ) { try catalog.objects(in: list.bucket, from: $0.key, including: $0.rank == nil, limit: $1) }
        }
    }

    private func contents(_ listing: KeyListing<StoredObject>, _ list: ListRequest, owner: String?) -> [String] {
        listing.entries.map { object in
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
