import Checksum

/// What apt's lists say of a package's version (Debian Policy 5.3).
struct DebianRecord: Sendable, Hashable {
    var name: String
    var version: String
    var architecture: String
    /// The source package it was built from.
    var source: String
    var sha256: SHA256Digest
    /// Bytes of the .deb.
    var size: Int
    /// The names that `Pre-Depends` and `Depends` have, with every alternative.
    var dependencies: [String]

    /// Nil for a paragraph without a SHA-256: that of a package that is installed and in no archive.
    init?(_ paragraph: DebianControlParagraph) {
        guard let name = paragraph["Package"], let version = paragraph["Version"], let architecture = paragraph["Architecture"],
            let sha256 = paragraph["SHA256"].flatMap({ SHA256Digest(hexadecimal: $0) })
        else { return nil }
        self.name = name
        self.version = version
        self.architecture = architecture
        self.sha256 = sha256
        source = paragraph["Source"].flatMap { $0.split(separator: " ").first.map(String.init) } ?? name
        size = paragraph["Size"].flatMap { Int($0) } ?? 0
        let relations = [paragraph["Pre-Depends"], paragraph["Depends"]].compactMap(\.self).joined(separator: ",")
        // foo (>= 1.2) | bar:any
        dependencies = relations.split(whereSeparator: { $0 == "," || $0 == "|" }).compactMap { relation in
            relation.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == ":" || $0 == "\n" || $0 == "\t" }).first.map(String.init)
        }
    }
}
