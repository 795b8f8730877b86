import Foundation

/// Where a page of a list ended, as clients hand it back: opaque, and only the operation's own.
enum Marker {
    static func encode(_ position: String, of operation: String) -> String {
        Data("\(operation):\(position)".utf8).base64EncodedString()
    }

    /// Nil for what is none of the operation's markers.
    static func decode(_ text: String, of operation: String) -> String? {
        let prefix = "\(operation):"
        guard let data = Data(base64Encoded: text), let marker = String(bytes: data, encoding: .utf8), marker.hasPrefix(prefix) else {
            return nil
        }
        return String(marker.dropFirst(prefix.count))
    }
}
