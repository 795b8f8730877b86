import LaminaErrors
import ZipArchive

/// What a wheel's METADATA says of its license (PyPA: "Core metadata specifications").
struct WheelMetadata: Sendable {
    /// An SPDX expression where one can be told, else the package's own words.
    let license: String?

    private static let sizeLimit = 16 << 20
    /// Characters of a license's name; beyond that it is the license's text.
    private static let nameLimit = 100

    /// Reads the METADATA of a dist-info folder; a wheel without it says nothing.
    init(_ wheel: ZipReader, distInfo: String) throws {
        guard let entry = wheel.entries.first(where: { $0.path == "\(distInfo)/METADATA" }) else {
            self.init("")
            return
        }
        self.init(String(decoding: try wheel.read(entry, limit: Self.sizeLimit), as: UTF8.self))
    }

    init(_ text: String) {
        var fields: [(name: String, value: String)] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            // The headers end where the description begins.
            guard !line.isEmpty else { break }
            guard let first = line.first, !first.isWhitespace, let colon = line.firstIndex(of: ":") else { continue }
            fields.append((line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0.isWhitespace })))
        }
        func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value).filter { !$0.isEmpty } }

        let expression = values("license-expression").first
        let name = values("license").first.flatMap { $0.count <= Self.nameLimit && $0.uppercased() != "UNKNOWN" ? $0 : nil }
        license =
            expression.map { SPDXExpression($0)?.text ?? $0 } ?? name.flatMap(LicenseName.expression)
            ?? LicenseName.expression(classifiers: values("classifier")) ?? name
    }
}
