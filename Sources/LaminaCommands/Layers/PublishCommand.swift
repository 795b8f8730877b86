import ArgumentParser
import Foundation
import LambdaModel
import LaminaClient
import LaminaErrors
import SystemPackage
import ZipArchive

/// `lamina publish`.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish a zip, or a folder's contents, as a new version of a layer.",
        discussion: """
            A folder is zipped the same way every time: sorted, with fixed times, modes 0755 and 0644, and its symlinks kept.
            The content is checked for each runtime and architecture that is given, as lamina check does: errors stop the publish.
            Zips over 50 MiB go by way of a bucket; the object stays there.

            EXAMPLES
              lamina publish layer.zip --name tools --runtime python3.13 --architecture x86_64
              lamina publish layer/ --name tools --unless-unchanged --format json
              lamina publish opencv.zip --name opencv --s3-bucket layers
            """)

    @Argument(help: "A zip, or a folder that holds what shall be at /opt.")
    var source: String

    @Option(help: "The layer's name.", transform: { try LayerReference($0) })
    var name: LayerReference

    @Option(name: .customLong("runtime"), help: "A compatible runtime; give it once for each.")
    var runtimes: [String] = []

    @Option(name: .customLong("architecture"), help: "A compatible architecture, x86_64 or arm64; give it once for each.")
    var architectures: [String] = []

    @Option(help: "The license: an SPDX identifier, a URL, or its text.")
    var license: String?

    @Option(help: "What the version is, in at most 256 characters.")
    var description: String?

    @Flag(help: "Make no version when the latest one has the same bytes: print that one.")
    var unlessUnchanged = false

    @Flag(help: "Publish what would fail on Lambda all the same.")
    var allow = false

    @Option(name: .customLong("s3-bucket"), help: "A bucket to upload through.")
    var bucket: String?

    @Option(name: .customLong("s3-key"), help: "The object's key. Default: NAME/SHA256.zip.")
    var key: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func validate() throws {
        if key != nil, bucket == nil { throw ValidationError("--s3-key names an object in a bucket: give --s3-bucket too") }
    }

    func run() async throws { try await interruptible { try await publish() } }

    private func publish() async throws {
        let metadata = LayerMetadata(
            description: description, licenseInfo: license, compatibleRuntimes: runtimes.isEmpty ? nil : runtimes,
            compatibleArchitectures: architectures.isEmpty ? nil : architectures)
        // Before megabytes are zipped and sent for nothing.
        try metadata.check()
        try await withTemporaryFile("folder") { file in
            let line = TransferLine("zipping")
            defer { line.finish() }
            let upload = try await LayerSource(source).upload(zippingTo: file) { line.show($0, $1) }
            line.finish()
            let check = PublishCheck(runtimes: runtimes, architectures: architectures)
            try PublishCheck.report(try await check.findings(in: upload.path, named: source), allowed: allow)
            let connection = try await connection.connect(fallbackRegion: name.scope?.region)
            let lambda = try LambdaClient(connection)
            if unlessUnchanged, let latest = try await latest(lambda), latest.content.codeSHA256 == upload.codeSHA256 {
                return try format.print(Publication(version: LayerVersionReport(latest), isNew: false))
            }
            guard bucket != nil || upload.fitsRequest else {
                throw LaminaError(
                    .limitExceeded,
                    """
                    \(source) has \(upload.size.byteText), and a request takes at most \(Limits.zippedDirect.byteText): \
                    give --s3-bucket, a bucket to upload it through
                    """)
            }
            let version = try await publish(upload, metadata, lambda, connection)
            try format.print(Publication(version: LayerVersionReport(version), isNew: true))
        }
    }

    private func latest(_ lambda: LambdaClient) async throws -> LayerVersionDetail? {
        guard let number = try await lambda.versions(of: name).map(\.version).max() else { return nil }
        return try await lambda.version(LayerVersionReference(layer: name, version: number))
    }

    private func publish(
        _ upload: LayerUpload, _ metadata: LayerMetadata, _ lambda: LambdaClient, _ connection: Connection
    ) async throws -> LayerVersionDetail {
        let line = TransferLine("uploading")
        defer { line.finish() }
        guard let bucket else {
            return try await lambda.publish(upload, as: name, metadata) { line.show($0, $1) }
        }
        let object = S3Object(bucket: bucket, key: key ?? "\(name.name)/\(upload.digest).zip")
        try await S3Client(connection).put(upload, at: object) { line.show($0, $1) }
        return try await lambda.publish(object, as: name, metadata)
    }
}

/// What `lamina publish` prints.
private struct Publication: Encodable, TableRenderable {
    var version: LayerVersionReport
    /// False when the latest version had the same bytes already.
    var isNew: Bool

    var table: String {
        "\(version.arn)\n"
            + TextTable(
                columns: [.left, .left],
                rows: [
                    ["  version", "\(version.version)" + (isNew ? "" : ", unchanged: no new one was made")],
                    ["  zipped", version.codeSize.byteText], ["  sha256", version.codeSha256],
                ]
            ).text
    }

    func encode(to encoder: any Encoder) throws {
        try version.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isNew, forKey: .isNew)
    }

    private enum CodingKeys: String, CodingKey { case isNew }
}
