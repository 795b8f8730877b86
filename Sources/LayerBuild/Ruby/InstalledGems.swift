import Foundation
import LaminaErrors
import SystemPackage
import ZipArchive

/// The gems that bundler installed into a folder, on their way to a layer.
struct InstalledGems {
    /// What Ruby looks at below a folder of GEM_PATH.
    private static let kept: Set = ["gems", "specifications", "extensions"]

    let entries: [ZipContent]
    let packages: [LayerContent.Package]
    private let leftOut: [String]

    /// As the program that gathers them lists them.
    private struct List: Decodable {
        struct Gem: Decodable {
            var name: String
            var version: String
            var fullName: String
            var licenses: [String]
            var sha256: String?
        }

        var gems: [Gem]
        var leftOut: [String]
    }

    /// - Throws: ``LaminaError`` `invalidArgument` when there are none.
    init(in home: FilePath, list: FilePath) throws {
        let found: List
        do {
            found = try JSONDecoder().decode(List.self, from: try Data(contentsOf: URL(fileURLWithPath: list.string)))
        } catch {
            throw LaminaError(.toolFailed, "the list of installed gems cannot be read", cause: error)
        }
        guard !found.gems.isEmpty else {
            throw LaminaError(
                .invalidArgument, "the Gemfile names no gems but those for development and test: there is nothing for a layer")
        }
        let entries = try FolderContents(home).entries.filter { entry in
            Self.kept.contains(String(entry.path.prefix { $0 != "/" })) && entry.path.contains("/")
        }
        var sizes: [String: Int] = [:]
        for entry in entries { sizes[Self.gem(of: entry.path), default: 0] += entry.size }
        self.entries = entries
        packages = found.gems.map { gem in
            LayerContent.Package(
                .gem, name: gem.name, version: gem.version, file: "\(gem.fullName).gem", size: sizes[gem.fullName] ?? 0,
                license: gem.licenses.isEmpty ? nil : gem.licenses.joined(separator: " OR "), sha256: gem.sha256)
        }
        leftOut = found.leftOut
    }

    /// The full name of the gem that a file belongs to: `gems/NAME/…`, `specifications/NAME.gemspec`, `extensions/PLATFORM/API/NAME/…`.
    private static func gem(of path: String) -> String {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.first {
        case "gems" where parts.count > 1: return parts[1]
        case "specifications" where parts.count > 1 && parts[1].hasSuffix(".gemspec"): return String(parts[1].dropLast(".gemspec".count))
        case "extensions" where parts.count > 3: return parts[3]
        default: return ""
        }
    }

    func notes(_ target: RubyTarget) -> [String] {
        guard !leftOut.isEmpty else { return [] }
        return [
            "\(leftOut.sorted().joined(separator: ", ")) belongs to Ruby itself and was left out: \(target.runtime) has its own version"
        ]
    }
}
