import Checksum
import Foundation
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension Transfer {
    /// How far an answer is.
    struct State: ~Copyable {
        var file: FileDescriptor?
        /// Bytes that the file had before; the answer is asked for from there on.
        var offset = 0
        /// Whether the answer is known to go on where the file ended, or to begin anew.
        var isPlaced = false
        /// The answer's strong ETag, else its time of change (RFC 9110, 13.1.5).
        var validator: String?
        var digest = MessageDigest(.sha256)
        var body: [UInt8] = []
        var received = 0
        var redirections = 0
        /// Whether a redirection led to another service.
        var leftOrigin = false
        var isChallenged = false
        var failure: LaminaError?
        var continuation: CheckedContinuation<HTTPAnswer, any Error>?
        /// An end that came before anyone waited for it.
        var result: Result<HTTPAnswer, any Error>?

        /// Finds where the answer's first byte belongs.
        mutating func place(_ response: HTTPURLResponse) {
            isPlaced = true
            let tag = response.value(forHTTPHeaderField: "ETag")
            validator = tag.flatMap { $0.hasPrefix("W/") ? nil : $0 } ?? response.value(forHTTPHeaderField: "Last-Modified")
            guard offset > 0 else { return }
            switch response.statusCode {
            case 200:
                do {
                    try file?.resize(to: 0)
                    try file?.seek(offset: 0, from: .start)
                } catch {
                    failure = LaminaError(.inputOutput, "cannot write the download", cause: error)
                }
                digest = MessageDigest(.sha256)
                (offset, received) = (0, 0)
            case 206:
                let range = response.value(forHTTPHeaderField: "Content-Range") ?? ""
                guard !range.hasPrefix("bytes \(offset)-") else { return }
                failure = LaminaError(.network, "the service sent '\(range)' in place of the bytes from \(offset) on")
            default: break
            }
        }
    }
}
