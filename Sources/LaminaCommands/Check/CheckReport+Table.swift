import LambdaModel
import LayerCheck

extension CheckReport: TableRenderable {
    var table: String {
        let share = (Double(unzippedSize) / Double(Limits.unzipped) * 100).rounded(toPlaces: 1)
        var text = "\(source) for \(runtime) on \(architecture)\n" + findings.lines
        text += sizeText
        if let zippedSize { text += "zipped    \(zippedSize.byteText)\n" }
        text += "unzipped  \(unzippedSize.byteText), \(share) % of Lambda's \(Limits.unzipped.byteText)\n"
        return text + verdict + ", checked in \(duration.rounded(toPlaces: 2)) s\n"
    }

    private var verdict: String {
        let counts = Finding.Severity.allCases.reversed().compactMap { severity -> String? in
            let number = count(severity)
            return number == 0 ? nil : "\(number) \(severity.rawValue)\(number == 1 ? "" : "s")"
        }
        return counts.isEmpty ? "nothing found" : counts.joined(separator: ", ")
    }

    /// What takes the room, as a tree.
    private var sizeText: String {
        var rows: [[String]] = []
        func add(_ part: SizeTree.Part, _ indent: String) {
            rows.append([indent + part.name, part.size.byteText, part.files == 1 ? "" : "\(part.files) files"])
            // A package of one file is that file.
            guard part.files > 1 else { return }
            for inner in part.parts { add(inner, indent + "  ") }
        }
        for layer in sizes.layers { add(layer, "") }
        var text = TextTable(columns: [.left, .right, .right], rows: rows).text
        for duplicate in sizes.duplicates {
            text += "twice: \(duplicate.path.printable), \(duplicate.size.byteText), in \(duplicate.layers.joined(separator: " and "))\n"
        }
        return text
    }
}
