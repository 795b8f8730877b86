import Checksum
import Foundation
import HTTPTransfer
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension LambdaClient {
    /// Downloads a layer version's zip; it comes to the target once its SHA-256 is proved.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes than were published; then the target is as it was.
    public func download(_ version: LayerVersionDetail, to target: DownloadTarget, progress: TransferProgress? = nil) async throws {
        let arn = version.item.layerVersionARN
        let location = version.content.location
        guard let url = URL(string: location), url.scheme == "http" || url.scheme == "https", url.host != nil else {
            throw LaminaError(.unsupported, "cannot download \(arn): \(endpoint) gives no URL for it, but '\(location)'")
        }
        try await target.write { partial in
            let digest = try await RetrySchedule().run { try await fetch(url, to: partial, of: arn, for: target, progress) }
            let actual = Data(digest.bytes).base64EncodedString()
            guard actual == version.content.codeSHA256 else {
                throw LaminaError(
                    .hashMismatch,
                    """
                    the download of \(arn) has SHA-256 \(actual), and \(version.content.codeSHA256) was published; \(target) was not \
                    written. Try again
                    """)
            }
        }
    }

    private func fetch(
        _ url: URL, to path: FilePath, of arn: String, for target: DownloadTarget, _ progress: TransferProgress?
    ) async throws -> SHA256Digest {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(target)")
        }
        defer { try? file.close() }
        let transfer = Transfer(file: file, followsRedirections: true, progress: progress)
        let answer: HTTPAnswer
        do {
            answer = try await connection.session.run(URLRequest(url: url, timeoutInterval: 60), transfer)
        } catch let error as LaminaError where error.code == .network {
            throw LaminaError(.network, "cannot download \(arn) from \(url.host ?? ""): \(error.message)")
        } catch let error as LaminaError where error.code == .inputOutput {
            throw LaminaError(.inputOutput, "cannot write \(target)", cause: error.cause)
        }
        guard answer.status == 200 else {
            let error = ServiceError(answer)
            throw LaminaError(error.code, "cannot download \(arn) from \(url.host ?? "")", cause: error)
        }
        return transfer.digest()
    }
}
