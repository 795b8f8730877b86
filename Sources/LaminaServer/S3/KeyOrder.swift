/// Keys are compared, ordered and taken apart by their UTF-8: what is one letter to Unicode may be two keys.
extension String {
    func isBytewiseLess(than other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

    /// The key up to the first delimiter behind the prefix; nil where there is none.
    func commonPrefix(_ prefix: String, _ delimiter: String?) -> String? {
        guard let delimiter, !delimiter.isEmpty, utf8.starts(with: prefix.utf8) else { return nil }
        let rest = utf8.dropFirst(prefix.utf8.count)
        return rest.firstRange(of: delimiter.utf8).map { String(decoding: utf8[..<$0.upperBound], as: UTF8.self) }
    }

    /// The first text behind all that begin with this one; nil where there is none.
    var endOfPrefix: String? {
        var scalars = unicodeScalars
        while let last = scalars.popLast() {
            // The surrogates are no scalars. The order of scalars is that of their UTF-8.
            guard let next = Unicode.Scalar(last.value == 0xd7ff ? 0xe000 : last.value + 1) else { continue }
            scalars.append(next)
            return String(scalars)
        }
        return nil
    }
}
