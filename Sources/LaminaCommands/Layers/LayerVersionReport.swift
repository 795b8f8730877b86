import LaminaClient

/// A layer version as the verbs print it.
struct LayerVersionReport: Encodable {
    var arn: String
    var version: Int
    var codeSize: Int
    /// In base64, as AWS writes it.
    var codeSha256: String
    var created: String?
    var description: String?
    var license: String?
    var runtimes: [String]?
    var architectures: [String]?

    init(_ version: LayerVersionDetail) {
        arn = version.item.layerVersionARN
        self.version = version.item.version
        codeSize = version.content.codeSize
        codeSha256 = version.content.codeSHA256
        created = version.item.createdDate
        description = version.item.description.nonEmpty
        license = version.item.licenseInfo.nonEmpty
        runtimes = version.item.compatibleRuntimes
        architectures = version.item.compatibleArchitectures
    }
}

/// A layer version in a list, which tells nothing of its content.
struct LayerVersionRow: Encodable {
    var arn: String
    var version: Int
    var created: String?
    var description: String?
    var license: String?
    var runtimes: [String]?
    var architectures: [String]?

    init(_ item: LayerVersionItem) {
        arn = item.layerVersionARN
        version = item.version
        created = item.createdDate
        description = item.description.nonEmpty
        license = item.licenseInfo.nonEmpty
        runtimes = item.compatibleRuntimes
        architectures = item.compatibleArchitectures
    }

    /// The columns after the name: version, day, runtimes, architectures, description.
    var cells: [String] {
        [
            String(version), created.dayText, (runtimes ?? []).joined(separator: ","), (architectures ?? []).joined(separator: ","),
            description ?? "",
        ]
    }

    static let alignment: [TextTable.Alignment] = [.right, .left, .left, .left, .left]
    static let headings = ["VERSION", "CREATED", "RUNTIMES", "ARCHITECTURES", "DESCRIPTION"]
}

extension String? {
    /// Nil for an empty text, which servers answer where none was given.
    var nonEmpty: String? { flatMap { $0.isEmpty ? nil : $0 } }

    /// The day of `2018-11-14T23:03:52.894+0000`.
    var dayText: String { self.map { String($0.prefix(10)) } ?? "" }
}
