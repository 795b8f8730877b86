import ArgumentParser
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import ZipArchive

/// `lamina unpack`.
struct UnpackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Unpack a layer's zip into a folder, as a function sees it at /opt.",
        discussion: """
            Refuses what Lambda would not take: names and symlinks that leave the folder, duplicates, devices, encryption, bombs.

            EXAMPLES
              lamina unpack layer.zip opt
            """)

    @Argument(help: "The zip.")
    var zip: String

    @Argument(help: "The folder; it must not exist, or be empty.")
    var folder: String

    func run() async throws {
        let files = FileManager.default
        if let contents = try? files.contentsOfDirectory(atPath: folder), !contents.isEmpty {
            throw LaminaError(.alreadyExists, "\(folder) is not empty")
        }
        let reader = try ZipReader(FilePath(zip))
        let existed = files.fileExists(atPath: folder)
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do {
            try await ZipExtractor(totalSizeLimit: Limits.unzipped).extract(reader, to: FilePath(folder))
        } catch {
            // Nothing is left of what could not be unpacked whole.
            try? files.removeItem(atPath: folder)
            if existed { try? files.createDirectory(atPath: folder, withIntermediateDirectories: true) }
            throw error
        }
    }
}
