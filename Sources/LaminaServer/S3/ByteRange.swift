import LambdaModel

/// `Range: bytes=…` (RFC 9110, 14.1.2), of one range.
enum ByteRange {
    /// Nil for what is to be ignored, as it is no range at all.
    ///
    /// - Throws: `APIError` InvalidRange for one that the object does not reach.
    static func parse(_ text: String, size: Int) throws -> Range<Int>? {
        guard text.hasPrefix("bytes=") else { return nil }
        let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch (number(parts[0]), number(parts[1])) {
        case (.some(let start), let end):
            guard end.map({ $0 >= start }) ?? parts[1].isEmpty else { return nil }
            guard start < size else { throw S3Error.invalidRange(text, size: size) }
            return start..<min(size - 1, end ?? size - 1) + 1
        case (nil, .some(let last)):
            guard parts[0].isEmpty else { return nil }
            guard last > 0, size > 0 else { throw S3Error.invalidRange(text, size: size) }
            return max(0, size - last)..<size
        default: return nil
        }
    }

    /// `x-amz-copy-source-range`, which has both ends, within the source.
    ///
    /// - Throws: `APIError` InvalidArgument.
    static func parseSource(_ text: String, size: Int) throws -> Range<Int> {
        let name = "x-amz-copy-source-range"
        let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard text.hasPrefix("bytes="), parts.count == 2, let first = number(parts[0]), let last = number(parts[1]), first <= last else {
            throw S3Error.invalidArgument(
                "The \(name) value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
                name, text)
        }
        guard last < size else {
            throw S3Error.invalidArgument("Range specified is not valid for source object of size: \(size)", name, text)
        }
        return first..<last + 1
    }

    /// Digits only; more than a number can hold is as much as it can hold.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text) ?? .max
    }
}
