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

/// Sixteen lookup tables, so that sixteen bytes advance at a step ("slicing by 16"): 2 GB a second.
private struct Tables: Sendable {
    static let castagnoli = Tables(reflectedPolynomial: 0x82f6_3b78)
    static let nvme = Tables(reflectedPolynomial: 0x9a6c_9329_ac4b_c9b5)

    /// One behind the other, 256 values each.
    private let slices: [UInt64]

    init(reflectedPolynomial: UInt64) {
        var slices = [UInt64](repeating: 0, count: 16 * 256)
        for index in 0..<256 {
            var value = UInt64(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ reflectedPolynomial : value >> 1 }
            slices[index] = value
        }
        for index in 256..<slices.count {
            let before = slices[index - 256]
            slices[index] = before >> 8 ^ slices[Int(before & 255)]
        }
        self.slices = slices
    }

    func advance(_ start: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        slices.withUnsafeBufferPointer { slices in
            func slice(_ number: Int, _ word: UInt64, _ shift: UInt64) -> UInt64 {
                slices[number << 8 | Int(truncatingIfNeeded: word >> shift & 255)]
            }
            func eight(_ word: UInt64, from number: Int) -> UInt64 {
                slice(number + 7, word, 0) ^ slice(number + 6, word, 8) ^ slice(number + 5, word, 16) ^ slice(number + 4, word, 24)
                    ^ slice(number + 3, word, 32) ^ slice(number + 2, word, 40) ^ slice(number + 1, word, 48) ^ slice(number, word, 56)
            }
            var state = start
            var index = 0
            while index + 16 <= bytes.count {
                let first = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ state
                let second = bytes.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self).littleEndian
                state = eight(first, from: 8) ^ eight(second, from: 0)
                index += 16
            }
            while index < bytes.count {
                state = state >> 8 ^ slice(0, state ^ UInt64(bytes[index]), 0)
                index += 1
            }
            return state
        }
    }
}
