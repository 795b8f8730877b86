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
    /// What is opened, as the module has it; empty where the module computes it while it is imported.
    public var library: String

    /// The calls in a module's source that name a library by a literal: the first argument, or, as of helpers that try one name after
    /// another, the first of all that is a Linux library's file name. Where a call's argument is computed, every such name in the module.
    static func find(in source: UnsafeRawBufferPointer) -> [LibraryUse] {
        guard let start = source.baseAddress else { return [] }
        var found: [LibraryUse] = []
        var computing: Function?
        var offset = 0
        while offset < source.count, let match = memchr(start + offset, CInt(UInt8(ascii: "(")), source.count - offset) {
            let parenthesis = start.distance(to: UnsafeRawPointer(match))
            offset = parenthesis + 1
            guard let function = function(before: parenthesis, in: source) else { continue }
            let first = literal(in: source[offset...])
            let file = function == .findLibrary ? nil : literals(in: source[offset...]).first { $0.contains(".so") }
            guard let library = file ?? first else {
                guard function == .findLibrary else {
                    computing = function
                    continue
                }
                let use = LibraryUse(function: .findLibrary, library: "")
                if !found.contains(use), !isInFunction(parenthesis, of: source) { found.append(use) }
                continue
            }
            let use = LibraryUse(function: function, library: library)
            if !found.contains(use) { found.append(use) }
        }
        guard let computing else { return found }
        let known = Set(found.map(\.library))
        return found + fileNames(in: source).filter { !known.contains($0) }.map { LibraryUse(function: computing, library: $0) }
    }

    /// Whether a line of a source is part of a function, which does not run when the module is imported.
    private static func isInFunction(_ offset: Int, of source: UnsafeRawBufferPointer) -> Bool {
        let lines = source[..<offset].split(separator: UInt8(ascii: "\n"))
        var indent = Int.max
        for line in lines.reversed() {
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard let first = text.first, first != UInt8(ascii: "#"), line.count - text.count < indent else { continue }
            indent = line.count - text.count
            if text.starts(with: "def ".utf8) || text.starts(with: "async def ".utf8) { return true }
        }
        return false
    }

    /// The string literals that are a Linux library's file name and nothing else, each once.
    private static func fileNames(in source: UnsafeRawBufferPointer) -> [String] {
        var found: [String] = []
        var rest = source[...]
        while let start = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }) {
            rest = source[(start + 1)...]
            guard let text = literal(in: source[start...]), text.wholeMatch(of: /lib[\w.+-]+\.so(\.\d+)*/) != nil else { continue }
            if !found.contains(text) { found.append(text) }
        }
        return found
    }

    private static let names = Function.allCases.map { ($0, Array($0.rawValue.utf8)) }

    private static func function(before end: Int, in source: UnsafeRawBufferPointer) -> Function? {
        names.first { _, name in end >= name.count && source[(end - name.count)..<end].elementsEqual(name) }?.0
    }

    /// Bytes of a call's arguments that are looked through.
    private static let argumentLimit = 2048

    /// The string literals up to the parenthesis that closes a call.
    private static func literals(in bytes: Slice<UnsafeRawBufferPointer>) -> [String] {
        var rest = bytes.prefix(argumentLimit)
        var depth = 1
        var found: [String] = []
        while let byte = rest.first, depth > 0 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if let text = literal(in: rest) { found.append(text) }
                rest = rest.dropFirst().drop { $0 != byte && $0 != UInt8(ascii: "\n") }.dropFirst()
                continue
            case UInt8(ascii: "#"): rest = rest.drop { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            default: break
            }
            rest = rest.dropFirst()
        }
        return found
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
