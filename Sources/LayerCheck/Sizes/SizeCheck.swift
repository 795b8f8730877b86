import LambdaModel

/// Sizes against Lambda's limits.
struct SizeCheck {
    /// Bytes of each part of the function, unzipped, by its name; the checked layer's first.
    let parts: [(name: String, size: Int)]
    /// Bytes of the layer's zip, where it is one.
    let zippedSize: Int?

    func findings() -> [Finding] {
        let total = parts.reduce(0) { $0 + $1.size }
        var findings: [Finding] = []
        let list = parts.count > 1 ? " (" + parts.map { "\($0.name) \($0.size)" }.joined(separator: ", ") + ")" : ""
        if total > Limits.unzipped {
            findings.append(
                Finding(
                    .sizeOverLimit, .error, path: "",
                    reason: "has \(total) bytes unzipped\(list); a function with all its layers may have \(Limits.unzipped)",
                    fix: "leave out what is not needed at run time (--slim, --strip, --exclude), or take smaller packages"))
        } else if total > Limits.unzipped / 10 * 9 {
            findings.append(
                Finding(
                    .sizeNearLimit, .warning, path: "",
                    reason: "has \(total) bytes unzipped\(list): \(Limits.unzipped - total) are left of Lambda's \(Limits.unzipped)",
                    fix: "leave room for the function's own code and other layers"))
        }
        if let zippedSize, zippedSize > Limits.zippedDirect {
            findings.append(
                Finding(
                    .needsBucket, .note, path: "",
                    reason: "has \(zippedSize) bytes zipped; a request takes at most \(Limits.zippedDirect)", fix: "publish it through S3"))
        }
        return findings
    }
}
