import Foundation
import LaminaClient
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// A layer that a verb is given to read: a zip or folder of this machine, or a layer version.
struct LayerOperand: Sendable {
    let text: String
    /// Nil for what is on this machine.
    let reference: LayerVersionReference?

    /// - Throws: ``LaminaError`` when the text is neither a file nor a layer version.
    init(_ text: String) throws {
        self.text = text
        if FileManager.default.fileExists(atPath: text) {
            reference = nil
            return
        }
        do {
            reference = try LayerVersionReference(text)
        } catch {
            throw LaminaError(
                .notFound, "'\(text)' is neither a file of this machine nor a layer version; give a zip, an ARN or NAME:NUMBER")
        }
    }

    var layer: LayerReference? { reference?.layer }

    /// Bytes of a zip of this machine.
    var zippedSize: Int? { reference == nil && !isFolder ? FilePath(text).fileSize : nil }

    private var isFolder: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The zip's path; a layer version is downloaded to the file.
    func fetch(with lambda: LambdaClient?, to file: FilePath) async throws -> FilePath {
        guard let reference, let lambda else { return FilePath(text) }
        let line = TransferLine("downloading \(text)")
        defer { line.finish() }
        try await lambda.download(try await lambda.version(reference), to: DownloadTarget(file: file)) { line.show($0, $1) }
        return file
    }

    /// Its files; a layer version is downloaded to the file first.
    func tree(with lambda: LambdaClient?, downloadingTo file: FilePath) async throws -> LayerTree {
        if reference == nil, isFolder { return try LayerTree(folder: FilePath(text), name: text) }
        return try LayerTree(try ZipReader(try await fetch(with: lambda, to: file)), name: text)
    }
}

extension FilePath {
    /// Bytes of the file; nil where there is none.
    var fileSize: Int? { (try? FileManager.default.attributesOfItem(atPath: string))?[.size] as? Int }
}
