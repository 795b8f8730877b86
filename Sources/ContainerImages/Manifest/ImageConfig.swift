import Foundation
import LaminaErrors

/// What an image's configuration says of its root file system (OCI image specification, "Image Configuration").
struct ImageConfig: Decodable, Sendable {
    /// Bytes that a configuration may have.
    static let sizeLimit = 8 << 20

    struct RootFileSystem: Decodable, Sendable {
        /// Of each layer's tar before it was compressed, the lowest first.
        var diff_ids: [ImageDigest]
    }

    var os: String?
    var architecture: String?
    var rootfs: RootFileSystem

    /// - Throws: ``LaminaError`` `corrupt`.
    init(_ bytes: Data, name: String) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: bytes)
        } catch {
            throw LaminaError(.corrupt, "the configuration of \(name) cannot be understood", cause: error)
        }
    }

    /// Nil where it says nothing of it.
    var platform: Platform? {
        guard let os, let architecture, !os.isEmpty, !architecture.isEmpty else { return nil }
        return Platform(os: os, architecture: architecture)
    }
}
