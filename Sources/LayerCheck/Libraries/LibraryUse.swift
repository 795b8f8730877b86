import Foundation

/// A shared library that a Python module opens by name as it runs: ctypes, cffi.
public struct LibraryUse: Codable, Sendable, Hashable {
    public enum Function: String, Codable, Sendable, CaseIterable {
        /// `ctypes.util.find_library`, which asks gcc, ld and ldconfig.
        case findLibrary = "find_library"
        case loadLibrary = "LoadLibrary"
        /// `ctypes.CDLL`.
        case cdll = "CDLL"
        /// cffi's `ffi.dlopen`.
        case dlopen
    }

    public var function: Function
    /// What is opened, as the module has it.
    public var library: String

    /// The calls in a module's source whose argument is a literal.
    static func find(in source: UnsafeRawBufferPointer) -> [LibraryUse] {
        guard let start = source.baseAddress else { return [] }
        var found: [LibraryUse] = []
        var offset = 0
        while offset < source.count, let match = memchr(start + offset, CInt(UInt8(ascii: "(")), source.count - offset) {
            let parenthesis = start.distance(to: UnsafeRawPointer(match))
            offset = parenthesis + 1
            guard let function = function(before: parenthesis, in: source), let library = literal(in: source[offset...]) else { continue }
            let use = LibraryUse(function: function, library: library)
            if !found.contains(use) { found.append(use) }
        }
        return found
    }

    private static let names = Function.allCases.map { ($0, Array($0.rawValue.utf8)) }

    private static func function(before end: Int, in source: UnsafeRawBufferPointer) -> Function? {
        names.first { _, name in end >= name.count && source[(end - name.count)..<end].elementsEqual(name) }?.0
    }

    /// A string literal that the bytes begin with, if it can be a library's name.
    private static func literal(in bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        let rest = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        let text = rest.dropFirst().prefix(128).prefix { $0 != quote && $0 != UInt8(ascii: "\n") }
        guard !text.isEmpty, text.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), rest.dropFirst(1 + text.count).first == quote else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
