import LambdaModel

/// Columns of text, each as wide as its widest cell.
struct TextTable {
    enum Alignment {
        case left, right
    }

    var columns: [Alignment]
    var rows: [[String]]

    /// The rows as lines with two spaces between columns.
    var text: String {
        // What a stranger has written shall not steer the terminal.
        let rows = rows.map { $0.map(\.printable) }
        let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = columns.indices.map { column -> String in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return columns[column] == .left ? row[column] + padding : padding + row[column]
            }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

extension String {
    /// With control characters written as escapes, those that turn the direction of writing too.
    var printable: String {
        func steers(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory == .control || ("\u{202a}"..."\u{202e}").contains(scalar)
                || ("\u{2066}"..."\u{2069}").contains(scalar)
        }
        guard unicodeScalars.contains(where: steers) else { return self }
        return unicodeScalars.map { steers($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
    }
}

extension Int {
    /// A size in bytes, as people read it: `12.3 MB`, in decimal units as AWS's limits are counted.
    var byteText: String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(self)
        var unit = 0
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(self) bytes" : "\(value.rounded(toPlaces: 1)) \(units[unit])"
    }
}
