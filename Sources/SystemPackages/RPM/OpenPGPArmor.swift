import Foundation
import LaminaErrors
import SystemPackage

/// OpenPGP's ASCII armor (RFC 9580, 6.2), which `gpgv` does not take off its keyrings.
enum OpenPGPArmor {
    private static let limit = 1 << 20

    /// The bytes of a file of public keys, armored or not.
    ///
    /// - Throws: ``LaminaError`` `notFound`, `corrupt`.
    static func keyring(_ path: FilePath) throws -> [UInt8] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path.string), options: .alwaysMapped)
        } catch {
            throw LaminaError(.notFound, "cannot read the key \(path)", cause: error)
        }
        guard data.count <= limit else { throw LaminaError(.limitExceeded, "the key \(path) has more than \(limit) bytes") }
        // Every packet's first bit is set, and no text's is.
        if let first = data.first, first & 0x80 != 0 { return Array(data) }
        let keys = blocks(String(decoding: data, as: UTF8.self))
        guard !keys.isEmpty else { throw LaminaError(.corrupt, "\(path) has no OpenPGP public key") }
        return keys
    }

    /// The bytes of all public keys in a text, one after the other.
    private static func blocks(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var encoded: String?
        var isHead = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line == "-----BEGIN PGP PUBLIC KEY BLOCK-----" {
                (encoded, isHead) = ("", true)
            } else if line == "-----END PGP PUBLIC KEY BLOCK-----" {
                bytes += encoded.flatMap { Data(base64Encoded: $0) } ?? Data()
                encoded = nil
            } else if isHead {
                // Headers end with an empty line.
                isHead = !line.isEmpty
            } else if !line.hasPrefix("=") {
                encoded? += line
            }
        }
        return bytes
    }
}
