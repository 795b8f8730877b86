import LambdaModel
import LaminaErrors

/// What refers to a blob (OCI image specification, "Content Descriptors").
struct Descriptor: Decodable, Sendable {
    var mediaType: String?
    var digest: ImageDigest
    /// Bytes.
    var size: Int
    var platform: Platform?
    var annotations: [String: String]?

    /// Checks what a stranger has written.
    ///
    /// - Parameter limit: Bytes that the blob may have.
    func bounded(_ limit: Int, _ kind: String) throws -> Descriptor {
        guard size >= 0 else { throw LaminaError(.corrupt, "the \(kind) \(digest) has a negative size") }
        guard size <= limit else {
            throw LaminaError(.limitExceeded, "the \(kind) \(digest) has \(size) bytes, and at most \(limit) are taken")
        }
        return self
    }
}

/// What an image runs on, in Go's names.
struct Platform: Decodable, Sendable, Hashable {
    var os: String
    var architecture: String

    /// Whether it is Linux on this architecture.
    func runs(_ wanted: Architecture) -> Bool { os == "linux" && architecture == wanted.goName }
}

extension Platform: CustomStringConvertible {
    var description: String { "\(os)/\(architecture)" }
}

extension Architecture {
    /// Go's name for it (GOARCH).
    var goName: String {
        switch self {
        case .x86_64: "amd64"
        case .arm64: "arm64"
        }
    }
}
