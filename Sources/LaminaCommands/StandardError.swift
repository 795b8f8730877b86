import SystemPackage

/// What a command says beside its result.
///
/// Nobody reads what cannot be written, and the command goes on with what it does, or ends in order. `FileHandle` would trap.
enum StandardError {
    static func write(_ text: String) { write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) { _ = try? FileDescriptor.standardError.writeAll(bytes) }
}
