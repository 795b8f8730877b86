import Foundation
import LaminaErrors

/// The profiles and services of AWS's two files, `~/.aws/config` and `~/.aws/credentials`.
struct SharedConfiguration: Sendable {
    /// Profiles of the config file.
    private(set) var configured: [String: INIFile.Section] = [:]
    /// Profiles of the credentials file.
    private(set) var credentials: [String: INIFile.Section] = [:]
    /// `[services NAME]` sections of the config file.
    private(set) var services: [String: INIFile.Section] = [:]

    /// - Parameters:
    ///   - config: Nil where there is no such file, as is `credentials`.
    init(config: INIFile?, credentials: INIFile?) {
        for section in config?.sections ?? [] {
            if section.name == "default" {
                configured["default"] = section.settings
            } else if let name = Self.name(in: section.name, kind: "profile") {
                configured[name] = section.settings
            } else if let name = Self.name(in: section.name, kind: "services") {
                services[name] = section.settings
            }
        }
        for section in credentials?.sections ?? [] { self.credentials[section.name] = section.settings }
    }

    /// A profile's settings in both files together; where both have one, the credentials file's counts, as in botocore.
    func profile(_ name: String) -> INIFile.Section? {
        guard configured[name] != nil || credentials[name] != nil else { return nil }
        return (configured[name] ?? [:]).merging(credentials[name] ?? [:]) { $1 }
    }

    /// All profiles' names, sorted.
    var profileNames: [String] { Set(configured.keys).union(credentials.keys).sorted() }

    /// `x` of `profile x`, `profile "x"` or `profile 'x'`.
    private static func name(in section: String, kind: String) -> String? {
        guard section.hasPrefix(kind), let words = CommandWords.split(section), words.count == 2, words[0] == kind else { return nil }
        return words[1]
    }
}
