import LambdaModel
import LayerBuild
import LayerCheck

extension BuildReport: TableRenderable {
    var table: String {
        let packages = TextTable(
            columns: [.left, .left, .right], rows: self.packages.map { ["  " + $0.name, $0.version, $0.size.byteText] })
        var text =
            "\(output): \(self.packages.count) packages, \(files) files for \(runtimes.joined(separator: ", ")) on \(architectures.joined(separator: ", "))\n"
        text += packages.text
        text +=
            "  zipped    \(zippedSize.byteText)\(zippedSize > Limits.zippedDirect ? ", too large for --zip-file: publish it through S3" : "")\n"
        text +=
            "  unzipped  \(unzippedSize.byteText), \((shareOfLimit * 100).rounded(toPlaces: 1)) % of Lambda's \(Limits.unzipped.byteText)\n"
        if runtimes.contains(where: { $0.hasPrefix("python") }) { text += "  bytecode  \(hasBytecode ? "yes" : "no")\n" }
        text += "  sha256    \(sha256)\n"
        text += "  licenses  \(licenses ?? "unknown")\n"
        text += "  sbom      \(sbom)\n"
        for note in notes { text += "note: \(note)\n" }
        for part in removed {
            text += "left out: \(part.reason), \(part.files) \(part.files == 1 ? "file" : "files"), \(part.size.byteText)\n"
        }
        for library in libraries {
            text += "brought: \(library.path), \(library.size.byteText), of \(library.package) (\(library.license ?? "license unknown"))"
            text += library.replaces.map { ", in place of Lambda's own \($0)\n" } ?? "\n"
        }
        text += findings.lines
        return text + "built in \(duration.rounded(toPlaces: 2)) s\n"
    }
}
