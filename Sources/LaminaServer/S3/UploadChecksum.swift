import AWSWire
import Foundation
import LambdaModel
import Storage

/// The checksum that a multipart upload was begun with.
struct UploadChecksum {
    var algorithm: ChecksumHeader
    /// Whether it is the checksum of the parts' checksums, and not of the whole.
    var isComposite: Bool

    /// - Throws: `APIError` InvalidRequest.
    init?(_ head: RequestHead) throws {
        let type = head.header("x-amz-checksum-type")
        guard type == nil || type == "COMPOSITE" || type == "FULL_OBJECT" else {
            throw S3Error.invalidRequest("Value for x-amz-checksum-type header is invalid.")
        }
        guard let name = head.header("x-amz-checksum-algorithm") else {
            guard type == nil else {
                throw S3Error.invalidRequest(
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
            }
            return nil
        }
        algorithm = try ChecksumHeader(algorithm: name)
        isComposite = algorithm != .crc64nvme && type != "FULL_OBJECT"
        let isPossible =
            switch type {
            case "COMPOSITE": algorithm != .crc64nvme
            case "FULL_OBJECT": algorithm != .sha1 && algorithm != .sha256
            default: true
            }
        guard isPossible else {
            throw S3Error.invalidRequest("The \(type ?? "") checksum type cannot be used with the \(name.lowercased()) checksum algorithm.")
        }
    }

    /// As ``headers`` has kept it.
    init?(stored headers: [String: String]) {
        guard let name = headers["x-amz-checksum-algorithm"], let algorithm = ChecksumHeader(rawValue: name.lowercased()) else {
            return nil
        }
        self.algorithm = algorithm
        isComposite = headers["x-amz-checksum-type"] == "COMPOSITE"
    }

    private var type: String { isComposite ? "COMPOSITE" : "FULL_OBJECT" }

    var headers: [String: String] { ["x-amz-checksum-algorithm": algorithm.rawValue.uppercased(), "x-amz-checksum-type": type] }

    /// In the lists of uploads and of parts.
    var elements: [String] {
        [XMLText.element("ChecksumAlgorithm", algorithm.rawValue.uppercased()), XMLText.element("ChecksumType", type)]
    }

    /// Refuses a completion that names another checksum of the whole, or of another type.
    ///
    /// - Parameter checksum: Of the object that would be made.
    /// - Throws: `APIError` BadDigest, InvalidRequest.
    static func verify(_ checksum: ObjectChecksum, against head: RequestHead) throws {
        if let type = head.header("x-amz-checksum-type"), type != checksum.type {
            throw S3Error.invalidRequest(
                "The upload was created using the \(checksum.type) checksum mode. The complete request must use the same checksum mode.")
        }
        guard let declared = head.header(checksum.algorithm.name) else { return }
        let value = checksum.isComposite ? String(checksum.value.prefix { $0 != "-" }) : checksum.value
        guard declared == checksum.value || declared == value else { throw DeclaredDigests.badDigest(checksum.algorithm) }
    }

    /// The checksum of the parts' checksums; nil where one has none.
    func composite(_ parts: [Upload.Part]) -> ObjectChecksum? {
        let running = RunningChecksum(algorithm)
        for part in parts {
            guard let bytes = part.checksum.flatMap({ Data(base64Encoded: $0) }) else { return nil }
            bytes.withUnsafeBytes { running.update($0) }
        }
        return ObjectChecksum(algorithm, "\(running.finish())-\(parts.count)", isComposite: true)
    }
}
