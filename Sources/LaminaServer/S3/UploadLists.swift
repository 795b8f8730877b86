import AWSWire
import Foundation
import Hummingbird
import LambdaModel
import Storage

extension S3Service {
    func listParts(_ request: SignedRequest, _ bucket: String, _ key: String) throws -> Response {
        let upload = try upload(request, bucket, key)
        let (limit, marker) = (try number(request, "max-parts") ?? 1000, try number(request, "part-number-marker") ?? 0)
        let checksum = UploadChecksum(stored: upload.headers)
        let parts = try catalog.read { try $0.parts(of: upload.id, after: marker, limit: min(limit, 1000) + 1) }
        let page = parts.prefix(min(limit, 1000))
        let elements = page.map { part in
            XMLText.element(
                "Part",
                [
                    XMLText.element("PartNumber", String(part.number)), XMLText.element("LastModified", Self.date(part.modified)),
                    XMLText.element("ETag", "\"\(part.etag)\""), XMLText.element("Size", String(part.size)),
                ] + (checksum.flatMap { checksum in part.checksum.map { [XMLText.element(checksum.algorithm.element, $0)] } } ?? []))
        }
        return xml(
            "ListPartsResult",
            [
                XMLText.element("Bucket", bucket), XMLText.element("Key", key), XMLText.element("UploadId", upload.id),
                owner(request, "Initiator"), owner(request), XMLText.element("StorageClass", "STANDARD"),
                XMLText.element("PartNumberMarker", String(marker)),
                XMLText.element("NextPartNumberMarker", String(page.last?.number ?? 0)),
                XMLText.element("MaxParts", String(min(limit, 1000))),
                XMLText.element("IsTruncated", limit > 0 && parts.count > page.count ? "true" : "false"),
            ] + (checksum?.elements ?? []) + elements)
    }

    func listUploads(_ request: SignedRequest, _ bucket: String) throws -> Response {
        let list = try ListRequest(request, bucket, self, limit: "max-uploads")
        let key = request.query["key-marker"] ?? ""
        // S3: without a key the upload's id is ignored.
        let id = key.isEmpty ? "" : request.query["upload-id-marker"] ?? ""
        let listing = try catalog.read { catalog in
            try KeyListing(
                list, after: key.isEmpty ? nil : KeyPosition(key: key, rank: id.isEmpty ? Self.behindAllIDs : id),
                position: { KeyPosition(key: $0.key, rank: $0.id) }
            ) { try catalog.uploads(in: bucket, after: $0.key, $0.rank ?? "", limit: $1) }
        }
        let elements = listing.entries.map { upload in
            XMLText.element(
                "Upload",
                [
                    list.element("Key", upload.key), XMLText.element("UploadId", upload.id), owner(request, "Initiator"), owner(request),
                    XMLText.element("StorageClass", "STANDARD"), XMLText.element("Initiated", Self.date(upload.created)),
                ] + (UploadChecksum(stored: upload.headers)?.elements ?? []))
        }
        return xml(
            "ListMultipartUploadsResult",
            [
                XMLText.element("Bucket", bucket), list.element("KeyMarker", key), XMLText.element("UploadIdMarker", id),
                list.element("NextKeyMarker", listing.lastKey ?? ""), XMLText.element("NextUploadIdMarker", listing.lastEntry?.id ?? ""),
                list.element("Prefix", list.prefix), XMLText.element("MaxUploads", String(list.limit)),
                XMLText.element("IsTruncated", listing.isTruncated ? "true" : "false"),
            ] + list.options + elements + list.prefixes(listing.commonPrefixes))
    }

    private static let behindAllIDs = "\u{10FFFF}"

    private func number(_ request: SignedRequest, _ name: String) throws -> Int? {
        try request.query[name].map { try ListRequest.number($0, name) }
    }
}
