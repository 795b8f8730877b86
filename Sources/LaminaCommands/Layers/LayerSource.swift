import Foundation
import LambdaModel
import LaminaClient
import LaminaErrors
import LayerBuild
import Synchronization
import SystemPackage
import ZipArchive

/// What a user wants published: a zip as it is, or a folder's contents.
struct LayerSource {
    private let path: FilePath
    private let isFolder: Bool

    /// - Throws: ``LaminaError`` `notFound` when there is nothing at the path.
    init(_ text: String) throws {
        path = FilePath(text)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) else {
            throw LaminaError(.notFound, "\(text) does not exist: give a zip or a folder")
        }
        self.isFolder = isFolder.boolValue
    }

    /// The zip to upload; a folder is zipped to a file first.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for what is no zip, `limitExceeded` for what Lambda could never unzip.
    func upload(zippingTo file: FilePath, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) async throws -> LayerUpload {
        if isFolder {
            let contents = try FolderContents(path, progress).entries
            guard !contents.isEmpty else { throw LaminaError(.invalidArgument, "\(path) is empty: there is nothing to publish") }
            let size = contents.reduce(0) { $0 + $1.size }
            try checkSize(size)
            let written = Mutex(0)
            _ = try await ZipWriter().write(contents, to: file) { piece in
                let sum = written.withLock { sum in
                    sum += piece
                    return sum
                }
                progress(sum, size)
            }
            return try LayerUpload(file)
        }
        try checkSize(ZipReader(path).totalSize)
        return try LayerUpload(path)
    }

    private func checkSize(_ size: Int) throws {
        guard size > Limits.unzipped else { return }
        throw LaminaError(
            .limitExceeded,
            "\(path) has \(size) bytes unzipped, and a function with all its layers may have \(Limits.unzipped); split it, or leave files out"
        )
    }
}
