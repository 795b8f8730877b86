import ArgumentParser
import LaminaClient

/// `lamina download`.
struct DownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Download a layer version's zip, and prove its SHA-256.",
        discussion: """
            EXAMPLES
              lamina download tools:3
              lamina download arn:aws:lambda:eu-west-1:111122223333:layer:tools:3 --output tools.zip
              lamina download tools:3 --output - | bsdtar -tf -
            """)

    @Argument(help: "The layer version's ARN, or NAME:NUMBER.", transform: { try LayerVersionReference($0) })
    var version: LayerVersionReference

    @Option(name: .shortAndLong, help: "The zip to write, a folder for it, or - for the standard output. Default: NAME-NUMBER.zip.")
    var output: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws { try await interruptible { try await download() } }

    private func download() async throws {
        let name = "\(version.layer.name)-\(version.version).zip"
        let target = try DownloadTarget(output ?? name, nameInFolder: name)
        let lambda = try await connection.lambda(for: version.layer)
        let detail = try await lambda.version(version)
        let line = TransferLine("downloading")
        defer { line.finish() }
        try await lambda.download(detail, to: target) { line.show($0, $1) }
        line.finish()
        // The zip is all that belongs there.
        guard !target.isStandardOutput else { return }
        try format.print(Download(output: target.description, version: LayerVersionReport(detail)))
    }
}

/// What `lamina download` prints.
private struct Download: Encodable, TableRenderable {
    var output: String
    var version: LayerVersionReport

    var table: String { "\(output): \(version.arn), \(version.codeSize.byteText), SHA-256 proved\n" }
}
