import ArgumentParser
import Foundation
import LambdaModel
import LaminaClient
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// `lamina check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell from a layer's bytes whether it will load on Lambda, and what to do where it will not.",
        discussion: """
            Binaries are followed as Lambda's loader would; folders, modes, names and sizes are held against what Lambda does.
            Exits with 1 when something is found that is at least as severe as --fail-on.

            EXAMPLES
              lamina check layer.zip --runtime python3.13
              lamina check layer/ --runtime nodejs22.x --architecture arm64
              lamina check opencv:3 --runtime python3.12 --with numpy.zip --function code.zip
              lamina check layer.zip --runtime python3.13 --import
              lamina check layer.zip --runtime python3.13 --format sarif > layer.sarif
            """)

    @Argument(
        help: "A zip, a folder of what shall be at /opt, or a layer version: its ARN, or NAME:NUMBER.", transform: { try LayerOperand($0) })
    var source: LayerOperand

    @Option(help: "The Lambda runtime, as in python3.13.")
    var runtime: String

    @Option(help: "x86_64 or arm64.")
    var architecture: Architecture = .x86_64

    @Option(help: "Another layer of the function, which comes after this one; give it once for each.", transform: { try LayerOperand($0) })
    var with: [LayerOperand] = []

    @Option(help: "The function's own code, a zip or a folder, for the sizes.", transform: { try LayerOperand($0) })
    var function: LayerOperand?

    @Flag(name: .customLong("import"), help: "Import every module, or require every package, in the sandbox of the runtime too.")
    var imports = false

    @Option(help: "The least severity that makes the check fail: note, warning or error.")
    var failOn: Finding.Severity = .error

    @Option(help: "table, for people; json or yaml, for programs; sarif, for code scanners.")
    var format: CheckFormat = .table

    @OptionGroup var connection: ConnectionOptions

    func run() async throws { try await interruptible { try await check() } }

    private func check() async throws {
        let start = ContinuousClock.now
        let runtime = try Runtime(runtime)
        var checker = LayerChecker(runtime: runtime, architecture: architecture)
        let operands = [source] + with + [function].compactMap(\.self)
        let layer = operands.lazy.compactMap(\.layer).first
        let lambda = layer == nil ? nil : try await connection.lambda(for: layer)
        try await withTemporaryFolder("check") { folder in
            var trees: [LayerTree] = []
            for (index, operand) in operands.enumerated() {
                trees.append(try await operand.tree(with: lambda, downloadingTo: folder.appending("\(index).zip")))
            }
            if function != nil { checker.function = trees.removeLast() }
            checker.others = Array(trees.dropFirst())
            let zippedSize = source.zippedSize ?? FilePath(folder.appending("0.zip").string).fileSize
            var findings = try await checker.findings(in: trees[0], verifies: true, zippedSize: zippedSize)
            var imported: [String]?
            if imports {
                let tried = try await ImportFindings(
                    of: trees, runtime: runtime, architecture: architecture, unpackingTo: folder.appending("opt"))
                findings = (findings + tried.findings).sortedBySeverity()
                imported = tried.modules
            }
            let report = CheckReport(
                source: source.text, runtime: runtime, architecture: architecture, findings: findings, zippedSize: zippedSize,
                sizes: SizeTree(trees + [checker.function].compactMap(\.self)), imported: imported, duration: (.now - start) / .seconds(1))
            try format.print(report)
            if findings.contains(where: { $0.severity >= failOn }) { throw ExitCode(1) }
        }
    }
}

extension Finding.Severity: ExpressibleByArgument {}

/// How `lamina check` prints what it found.
enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, yaml, sarif

    func print(_ report: CheckReport) throws {
        guard self == .sarif else {
            var option = FormatOption()
            option.format = OutputFormat(rawValue: rawValue) ?? .table
            return try option.print(report)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let log = SARIFLog(report, version: LaminaCommand.configuration.version)
        try StandardOutput.write(String(decoding: try encoder.encode(log), as: UTF8.self) + "\n")
    }
}
