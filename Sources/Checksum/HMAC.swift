private import CCrypto

/// HMAC (RFC 2104) by OpenSSL's libcrypto.
public enum HMAC {
    /// The 32 bytes of the message's authentication code.
    public static func sha256(key: [UInt8], _ message: some Sequence<UInt8>) -> [UInt8] {
        let message = Array(message)
        var code = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        CCrypto.HMAC(MessageDigest.Algorithm.sha256.implementation, key, Int32(key.count), message, message.count, &code, &length)
        return code
    }

    /// The 20 bytes of the code with SHA-1, which only Signature Version 2 still wants.
    public static func sha1(key: [UInt8], _ message: some Sequence<UInt8>) -> [UInt8] {
        let message = Array(message)
        var code = [UInt8](repeating: 0, count: 20)
        var length: UInt32 = 0
        CCrypto.HMAC(EVP_sha1(), key, Int32(key.count), message, message.count, &code, &length)
        return code
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
public func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}

/// Bytes from the system's secure random source.
public func secureRandomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// A text of random letters, as AWS's ids end in.
///
/// - Parameter letters: All of them about as likely: at most 256.
public func secureRandomText(_ count: Int, of letters: String) -> String {
    let letters = Array(letters)
    return String(secureRandomBytes(count).map { letters[Int($0) % letters.count] })
}
