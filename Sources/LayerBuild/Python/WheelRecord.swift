import Checksum
import Foundation
import LaminaErrors

/// A dist-info's RECORD: CSV lines of path, hash and size (PEP 376, PEP 627).
struct WheelRecord {
    /// Hash and size as text, both empty where not given.
    private var lines: [String: String] = [:]

    /// - Throws: ``LaminaError`` `corrupt` for a line without three fields.
    init(_ text: String) throws {
        for line in text.split(whereSeparator: \.isNewline) {
            let (path, rest) = try Self.splitPath(line)
            lines[path] = rest
        }
    }

    mutating func drop(_ paths: [String]) {
        for path in paths { lines[path] = nil }
    }

    mutating func move(_ path: String, to destination: String) {
        if let rest = lines.removeValue(forKey: path) { lines[destination] = rest }
    }

    /// Records a file by its bytes.
    mutating func set(_ path: String, to bytes: [UInt8]) {
        lines[path] = Self.line(SHA256Digest(of: bytes), bytes.count)
    }

    /// Records a file anew, if it is recorded.
    mutating func replace(_ path: String, digest: SHA256Digest, size: Int) {
        if lines[path] != nil { lines[path] = Self.line(digest, size) }
    }

    private static func line(_ digest: SHA256Digest, _ size: Int) -> String {
        let hash = Data(digest.bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        return "sha256=\(hash),\(size)"
    }

    /// A path of the layer as a RECORD has it: relative to the site folder.
    static func path(_ path: String, from site: String) -> String {
        if path.hasPrefix(site + "/") { return String(path.dropFirst(site.count + 1)) }
        return String(repeating: "../", count: site.split(separator: "/").count) + path
    }

    /// Records a file without hash and size, as is done for bytecode.
    mutating func add(_ path: String) { lines[path] = "," }

    /// Takes another record's lines too. Returns whether both agree on what both name.
    mutating func merge(_ other: WheelRecord) -> Bool {
        guard other.lines.allSatisfy({ (lines[$0.key] ?? $0.value) == $0.value }) else { return false }
        lines.merge(other.lines) { own, _ in own }
        return true
    }

    /// The file's text, sorted by path.
    var text: String {
        lines.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { "\(Self.quote($0.key)),\($0.value)\n" }.joined()
    }

    private static func splitPath(_ line: Substring) throws -> (String, String) {
        if line.hasPrefix("\"") {
            var path = ""
            var rest = line.dropFirst()
            while let quote = rest.firstIndex(of: "\"") {
                path += rest[..<quote]
                rest = rest[rest.index(after: quote)...]
                guard rest.hasPrefix("\"") else { break }
                path += "\""
                rest = rest.dropFirst()
            }
            if rest.hasPrefix(",") { return (path, String(rest.dropFirst())) }
        } else if let size = line.lastIndex(of: ","), let hash = line[..<size].lastIndex(of: ",") {
            return (String(line[..<hash]), String(line[line.index(after: hash)...]))
        }
        throw LaminaError(.corrupt, "a RECORD has the line '\(line)', which has no three fields")
    }

    private static func quote(_ path: String) -> String {
        path.contains(",") || path.contains("\"") ? "\"\(path.replacingOccurrences(of: "\"", with: "\"\""))\"" : path
    }
}
