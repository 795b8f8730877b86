import LayerCheck

extension Sequence<Finding> {
    /// Two lines each: what is wrong, and what to do.
    var lines: String {
        map { finding in
            let place = finding.path.isEmpty ? "the layer" : finding.path
            return """
                \(finding.severity.rawValue): \(place.printable) \(finding.reason.printable) [\(finding.code.rawValue)]
                    fix: \(finding.fix.printable)

                """
        }.joined()
    }
}
