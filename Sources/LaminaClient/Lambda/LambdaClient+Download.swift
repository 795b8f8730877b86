import Checksum
import Foundation
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension LambdaClient {
    /// Downloads a layer version's zip: to a file beside the target, which takes its place once its SHA-256 is proved.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes than were published; then the target is as it was.
    public func download(_ version: LayerVersionDetail, to target: FilePath, progress: TransferProgress? = nil) async throws {
        let location = version.content.location
        guard let url = URL(string: location), url.scheme == "http" || url.scheme == "https", url.host != nil else {
            throw LaminaError(
                .unsupported, "cannot download \(version.item.layerVersionARN): \(endpoint) gives no URL for it, but '\(location)'")
        }
        let name = target.lastComponent?.string ?? "layer.zip"
        let partial = target.removingLastComponent().appending(".\(name).\(UUID().uuidString.prefix(8)).partial")
        defer { try? FileManager.default.removeItem(atPath: partial.string) }
        let digest = try await fetch(url, to: partial, of: version.item.layerVersionARN, progress)
        let actual = Data(digest.bytes).base64EncodedString()
        guard actual == version.content.codeSHA256 else {
            throw LaminaError(
                .hashMismatch,
                """
                the download of \(version.item.layerVersionARN) has SHA-256 \(actual), and \(version.content.codeSHA256) was \
                published; \(target) was not written. Try again
                """)
        }
        guard rename(partial.string, target.string) == 0 else { throw LaminaError.system(errno, "cannot write \(target)") }
    }

    private func fetch(_ url: URL, to path: FilePath, of arn: String, _ progress: TransferProgress?) async throws -> SHA256Digest {
        let schedule = RetrySchedule()
        var attempt = 1
        while true {
            do {
                return try await fetchOnce(url, to: path, of: arn, progress)
            } catch let error as LaminaError where error.code == .network || error.code == .unavailable {
                guard let pause = schedule.pause(after: attempt, random: .random(in: 0...1)) else { throw error }
                try await Task.sleep(for: pause)
                attempt += 1
            }
        }
    }

    private func fetchOnce(_ url: URL, to path: FilePath, of arn: String, _ progress: TransferProgress?) async throws -> SHA256Digest {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
        defer { try? file.close() }
        let transfer = Transfer(file: file, followsRedirections: true, progress: progress)
        let answer: HTTPAnswer
        do {
            answer = try await connection.session.run(URLRequest(url: url, timeoutInterval: 60), transfer)
        } catch let error as LaminaError where error.code == .network {
            throw LaminaError(.network, "cannot download \(arn) from \(url.host ?? ""): \(error.message)")
        }
        guard answer.status == 200 else {
            let error = ServiceError(answer)
            throw LaminaError(error.code, "cannot download \(arn) from \(url.host ?? "")", cause: error)
        }
        return transfer.digest()
    }
}
