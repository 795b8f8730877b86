import LaminaErrors

/// Reads an ELF file that goes by piece by piece, keeping only what is wanted of it.
///
/// Headers, strings and symbol versions usually stand at the file's beginning. Where they do not, a second pass, which knows their
/// places, is needed.
public struct ELFScan {
    /// Bytes of the beginning that the first pass keeps.
    private static let prefix = 4 << 20
    /// Bytes that are kept around a place that was not: records stand close together.
    private static let margin = 1 << 16
    /// Bytes that are kept at most.
    private static let limit = 64 << 20
    private static let passes = 8

    /// What the passes so far have led to.
    public enum Outcome {
        case file(ELFFile)
        /// Give all pieces again.
        case again
    }

    private let count: Int
    private var wanted = [0..<prefix]
    private var parts: [(offset: Int, bytes: [UInt8])] = []
    private var position = 0
    private var pass = 1

    /// - Parameter count: Bytes of the file.
    public init(count: Int) {
        self.count = count
        wanted = [0..<min(count, Self.prefix)]
    }

    /// Takes the next piece. Returns whether others are wanted.
    public mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        let here = position..<position + piece.count
        for range in wanted {
            let overlap = range.clamped(to: here)
            guard !overlap.isEmpty else { continue }
            let bytes = piece[overlap.lowerBound - position..<overlap.upperBound - position]
            if overlap.lowerBound == range.lowerBound {
                parts.append((range.lowerBound, Array(bytes)))
            } else {
                parts[parts.count - 1].bytes += bytes
            }
        }
        position = here.upperBound
        return position < (wanted.last?.upperBound ?? 0)
    }

    /// Reads the file from what was kept of this pass.
    ///
    /// - Throws: ``LaminaError`` as ``ELFFile/init(_:)`` does.
    public mutating func finish() throws -> Outcome {
        do {
            return .file(try ELFFile(ELFBytes(parts, count: count)))
        } catch let missing as ELFBytes.Missing {
            guard pass < Self.passes else { throw LaminaError(.corrupt, "the ELF file's tables are scattered over it") }
            let range = missing.range
            wanted = Self.joined(wanted + [max(0, range.lowerBound - Self.margin)..<min(count, range.upperBound + Self.margin)])
            guard wanted.reduce(0, { $0 + $1.count }) <= Self.limit else {
                throw LaminaError(.unsupported, "the ELF file's tables have more than \(Self.limit) bytes")
            }
            (parts, position, pass) = ([], 0, pass + 1)
            return .again
        }
    }

    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
