private import CDeflate

/// A running CRC over bytes that come in pieces, in one of the three kinds that S3 and zip know.
public struct CyclicRedundancyCheck: Sendable {
    /// The polynomial: CRC-32 (zip, S3's CRC32), CRC-32C (Castagnoli) or CRC-64/NVME.
    public enum Kind: Sendable {
        case crc32, crc32c, crc64nvme
    }

    private let kind: Kind
    private var state: UInt64

    public init(_ kind: Kind) {
        self.kind = kind
        state = kind == .crc32 ? 0 : ~0
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        switch kind {
        case .crc32: state = UInt64(libdeflate_crc32(UInt32(state), base, bytes.count))
        case .crc32c: state = Tables.castagnoli.advance(state & 0xffff_ffff, bytes)
        case .crc64nvme: state = Tables.nvme.advance(state, bytes)
        }
    }

    /// The check value's bytes, big-endian, as AWS's checksum headers carry them in base64.
    public var bytes: [UInt8] {
        let width = kind == .crc64nvme ? 64 : 32
        let value = kind == .crc32 ? state : ~state
        return stride(from: width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
    }

    /// The CRC-32 of one piece of bytes, as zip's headers hold it.
    public static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        bytes.baseAddress.map { libdeflate_crc32(0, $0, bytes.count) } ?? 0
    }
}

/// Eight lookup tables, so that eight bytes advance at a step ("slicing by 8").
private struct Tables: Sendable {
    static let castagnoli = Tables(reflectedPolynomial: 0x82f6_3b78)
    static let nvme = Tables(reflectedPolynomial: 0x9a6c_9329_ac4b_c9b5)

    private let slices: [[UInt64]]

    init(reflectedPolynomial: UInt64) {
        var first = [UInt64](repeating: 0, count: 256)
        for index in 0..<256 {
            var value = UInt64(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ reflectedPolynomial : value >> 1 }
            first[index] = value
        }
        var slices = [first]
        for slice in 1..<8 {
            slices.append(slices[slice - 1].map { $0 >> 8 ^ first[Int($0 & 255)] })
        }
        self.slices = slices
    }

    func advance(_ start: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = start
        var index = 0
        while index + 8 <= bytes.count {
            var word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ state
            state = 0
            for slice in slices.indices.reversed() {
                state ^= slices[slice][Int(word & 255)]
                word >>= 8
            }
            index += 8
        }
        while index < bytes.count {
            state = state >> 8 ^ slices[0][Int((state ^ UInt64(bytes[index])) & 255)]
            index += 1
        }
        return state
    }
}
