import LambdaModel

/// What one of Lambda's operating systems has for binaries: its shared libraries and the newest symbol versions they define.
///
/// Read from the data files in Profiles, one an operating system and architecture.
package struct SystemProfile: Sendable {
    /// How far something can be counted on.
    package enum Level: String, Sendable, Hashable, Codable {
        case guaranteed
        /// In the container image, yet reported absent from Lambda itself, or there only where Lambda is up to date.
        case unreliable
        case absent
    }

    package let operatingSystem: OperatingSystem
    package let architecture: Architecture
    private var levels: [String: Level] = [:]
    private var symbols: [String: (guaranteed: VersionNumber, newest: VersionNumber)] = [:]

    package init(_ operatingSystem: OperatingSystem, _ architecture: Architecture) {
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        let data =
            switch (operatingSystem, architecture) {
            case (.al2, .x86_64): PackageResources.al2_x86_64_txt
            case (.al2, .arm64): PackageResources.al2_arm64_txt
            case (.al2023, .x86_64): PackageResources.al2023_x86_64_txt
            case (.al2023, .arm64): PackageResources.al2023_arm64_txt
            }
        var section = ""
        for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if line.hasPrefix("[") {
                section = String(line.dropFirst().dropLast())
            } else if let level = Level(rawValue: section) {
                levels[String(line)] = level
            } else if words.count == 3, let guaranteed = VersionNumber(words[1]), let newest = VersionNumber(words[2]) {
                symbols[String(words[0])] = (guaranteed, newest)
            }
        }
    }

    /// The level of a library by its soname.
    package func level(of soname: String) -> Level { levels[soname] ?? .absent }

    /// The level of a symbol version such as `GLIBC_2.35`; nil for families that the profile says nothing of.
    package func level(ofSymbolVersion version: String) -> Level? {
        guard let (family, number) = Self.split(version), let known = symbols[family] else { return nil }
        return number <= known.guaranteed ? .guaranteed : number <= known.newest ? .unreliable : .absent
    }

    /// The newest version of a symbol version's family that can be counted on, as in `GLIBC_2.34`.
    package func newest(like version: String) -> String? {
        Self.split(version).flatMap { family, _ in symbols[family].map { "\(family)_\($0.guaranteed)" } }
    }

    /// The file that the system has as a program's interpreter.
    package var interpreter: String {
        switch architecture {
        case .x86_64: "/lib64/ld-linux-x86-64.so.2"
        case .arm64: "/lib/ld-linux-aarch64.so.1"
        }
    }

    private static func split(_ version: String) -> (family: String, number: VersionNumber)? {
        guard let underscore = version.lastIndex(of: "_"), let number = VersionNumber(version[version.index(after: underscore)...]) else {
            return nil
        }
        return (String(version[..<underscore]), number)
    }
}

/// A version of numbers and dots.
struct VersionNumber: Comparable, CustomStringConvertible {
    static let zero = VersionNumber(parts: [])

    private let parts: [Int]

    private init(parts: [Int]) { self.parts = parts }

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
        self.parts = parts.compactMap(\.self)
    }

    static func < (left: VersionNumber, right: VersionNumber) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }

    var description: String { parts.map(String.init).joined(separator: ".") }
}
