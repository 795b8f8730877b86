import Foundation

/// Identifiers as AWS makes them for requests, revisions and environments: UUIDs of version 4, in lower case.
public enum RandomID {
    public static func make() -> String {
        // UUID() opens /dev/urandom each time.
        var generator = SystemRandomNumberGenerator()
        return UUID.random(using: &generator).uuidString.lowercased()
    }
}
