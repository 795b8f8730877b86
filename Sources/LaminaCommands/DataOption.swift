import ArgumentParser
import Foundation
import SystemPackage

/// `--data`, shared by the verbs that concern a server of this machine.
struct DataOption: ParsableArguments {
    @Option(name: .customLong("data"), help: "The server's folder. Default: $LAMINA_DATA, else ~/.local/share/lamina.")
    var folder: String?

    /// The folder as an absolute path.
    var path: FilePath {
        let environment = ProcessInfo.processInfo.environment
        let variable = environment["LAMINA_DATA"].flatMap { $0.isEmpty ? nil : $0 }
        let text = folder ?? variable ?? "\(environment["HOME"] ?? "")/.local/share/lamina"
        return FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized()
    }
}

/// Where a running server can be reached, noted in its data folder for `lamina env`.
struct EndpointFile {
    private let path: FilePath

    init(data: FilePath) { path = data.appending("endpoint") }

    func write(_ url: String) { try? url.write(toFile: path.string, atomically: true, encoding: .utf8) }

    /// The URL, while a server runs.
    func read() -> String? { try? String(contentsOfFile: path.string, encoding: .utf8) }

    func remove() { unlink(path.string) }
}
