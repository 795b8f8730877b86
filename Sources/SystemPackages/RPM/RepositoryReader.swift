import Checksum
import Foundation
import HTTPTransfer
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Reads an RPM repository's files, over the network or from a folder.
final class RepositoryReader: Sendable {
    /// Requests at a time.
    static let concurrent = 4
    /// Bytes of a file that is read into memory: `repomd.xml`, a signature, a list of mirrors.
    private static let limit = 4 << 20

    private let downloader: Downloader
    private let schedule: RetrySchedule

    init(cache: PackageCache, schedule: RetrySchedule) {
        self.schedule = schedule
        downloader = Downloader(partials: cache.root.appending("partial"), concurrent: Self.concurrent, schedule: schedule)
    }

    /// A small file's bytes; nil where there is none.
    func read(_ location: RepositoryLocation) async throws -> [UInt8]? {
        switch location {
        case .local(let path):
            guard FileManager.default.fileExists(atPath: path.string) else { return nil }
            return try Self.read(path)
        case .remote(let url):
            let answer = try await schedule.run {
                let answer: HTTPAnswer
                do {
                    answer = try await downloader.session.run(
                        URLRequest(url: url, timeoutInterval: 60), Transfer(followsRedirections: true))
                } catch let error as LaminaError {
                    throw LaminaError(error.code, "cannot read \(url)", cause: error)
                }
                guard !answer.isTransient else { throw answer.unavailable("\(url)") }
                return answer
            }
            // S3, where Amazon Linux lies, answers 403 for what is not there.
            if answer.status == 404 || answer.status == 403 || answer.status == 410 { return nil }
            guard answer.status == 200 else { throw LaminaError(.notFound, "\(url) answers with status \(answer.status)") }
            guard answer.body.count <= Self.limit else {
                throw LaminaError(.limitExceeded, "\(url) has more than \(Self.limit) bytes")
            }
            return answer.body
        }
    }

    /// Brings a file of a known hash to a path.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes, `notFound` where there is no such file.
    func fetch(
        _ location: RepositoryLocation, to path: FilePath, sha256: SHA256Digest, limit: Int, progress: @escaping @Sendable (Int) -> Void
    ) async throws {
        switch location {
        case .remote(let url):
            try await downloader.download(url, sha256: sha256, to: path, limit: limit, progress: progress)
        case .local(let source):
            do {
                try FileManager.default.copyItem(atPath: source.string, toPath: path.string)
            } catch {
                throw LaminaError(.notFound, "cannot read \(source)", cause: error)
            }
            let actual = SHA256Digest(of: try Data(contentsOf: URL(fileURLWithPath: path.string), options: .alwaysMapped))
            guard actual == sha256 else {
                throw LaminaError(.hashMismatch, "\(source) has the SHA-256 \(actual), but \(sha256) is expected")
            }
        }
    }

    private static func read(_ path: FilePath) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                guard try file.seek(offset: 0, from: .end) <= limit else {
                    throw LaminaError(.limitExceeded, "\(path) has more than \(limit) bytes")
                }
                return Array(try Data(contentsOf: URL(fileURLWithPath: path.string)))
            }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot read \(path)")
        }
    }
}
