import LambdaModel

/// The licenses of a layer's packages in one text, as `lamina publish --license` takes it.
enum LicenseSummary {
    /// Each license once, sorted, joined by `AND`; those that do not fit Lambda's limit are counted. Nil where none is known.
    static func text(_ packages: [LayerContent.Package]) -> String? {
        let licenses = Set(packages.compactMap(\.license).flatMap(parts)).sorted()
        guard !licenses.isEmpty else { return nil }
        let whole = licenses.joined(separator: " AND ")
        guard whole.count > Limits.licenseInfo else { return whole }
        for count in stride(from: licenses.count - 1, through: 1, by: -1) {
            let text = licenses.prefix(count).joined(separator: " AND ") + " AND \(licenses.count - count) more"
            if text.count <= Limits.licenseInfo { return text }
        }
        return "\(licenses.count) licenses"
    }

    /// What of an expression holds together; a choice stays in parentheses.
    private static func parts(_ license: String) -> [String] {
        let expression = SPDXExpression(license)
        if let expression, expression.isDisjunction { return ["(\(expression.text))"] }
        return license.contains("(") ? [license] : license.split(separator: " AND ").map(String.init)
    }
}
