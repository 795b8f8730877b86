import AWSWire
import Checksum
import Foundation
import LambdaModel
import Storage

/// Which of S3's checksums.
enum ChecksumHeader: String, CaseIterable {
    case crc32, crc32c, crc64nvme, sha1, sha256

    /// The header's name.
    var name: String { "x-amz-checksum-\(rawValue)" }

    /// The name of an element with its value.
    var element: String { "Checksum\(rawValue.uppercased())" }

    /// Bytes of its value.
    var size: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc64nvme: 8
        case .sha1: 20
        case .sha256: 32
        }
    }

    /// - Throws: `APIError` InvalidRequest for an algorithm that S3 does not know.
    init(algorithm name: String) throws {
        guard let found = Self(rawValue: name.lowercased()) else {
            throw S3Error.invalidRequest(
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
            )
        }
        self = found
    }

    /// Whether a text has the form of its values: base64 of so many bytes.
    func isValue(_ text: String) -> Bool { Data(base64Encoded: text)?.count == size }
}

/// The checksum that is kept with an object, and told to who asks for it.
struct ObjectChecksum {
    var algorithm: ChecksumHeader
    /// Base64; of a composite one with a hyphen and the count of parts.
    var value: String
    /// Whether it is the checksum of the parts' checksums, and not of the whole.
    var isComposite = false

    init(_ algorithm: ChecksumHeader, _ value: String, isComposite: Bool = false) {
        self.algorithm = algorithm
        self.value = value
        self.isComposite = isComposite
    }

    /// As an object's headers have kept it; nil where there is none.
    init?(stored headers: [String: String]) {
        for algorithm in ChecksumHeader.allCases {
            guard let value = headers[algorithm.name] else { continue }
            self.init(algorithm, value, isComposite: headers["x-amz-checksum-type"] == "COMPOSITE")
            return
        }
        return nil
    }

    var type: String { isComposite ? "COMPOSITE" : "FULL_OBJECT" }

    var headers: [String: String] { [algorithm.name: value, "x-amz-checksum-type": type] }

    /// In the answer to what has made the object.
    var elements: [String] { [XMLText.element(algorithm.element, value), XMLText.element("ChecksumType", type)] }

    /// In lists, which do not tell the value.
    var listElements: [String] {
        [XMLText.element("ChecksumAlgorithm", algorithm.rawValue.uppercased()), XMLText.element("ChecksumType", type)]
    }
}

/// One of S3's checksums over bytes that come in pieces.
final class RunningChecksum {
    let algorithm: ChecksumHeader
    private var cyclic: CyclicRedundancyCheck?
    private var digest: MessageDigest

    init(_ algorithm: ChecksumHeader) {
        self.algorithm = algorithm
        digest = MessageDigest(algorithm == .sha1 ? .sha1 : .sha256)
        cyclic =
            switch algorithm {
            case .crc32: CyclicRedundancyCheck(.crc32)
            case .crc32c: CyclicRedundancyCheck(.crc32c)
            case .crc64nvme: CyclicRedundancyCheck(.crc64nvme)
            case .sha1, .sha256: nil
            }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        if cyclic != nil { cyclic?.update(bytes) } else { digest.update(bytes) }
    }

    /// The value in base64. Call once.
    func finish() -> String { Data(cyclic?.bytes ?? digest.finalize()).base64EncodedString() }
}
