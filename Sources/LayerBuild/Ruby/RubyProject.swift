import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// A folder with a Gemfile, and all that bundler reads of it and beside it.
struct RubyProject: Sendable {
    private static let excluded: Set = [".git", ".bundle", "node_modules", "vendor", "tmp", "log", "coverage"]

    let folder: ProjectFolder
    /// `Gemfile` or `gems.rb`.
    let gemfile: String
    /// Nil where there is none.
    let lock: (path: FilePath, content: GemLock)?

    /// - Parameter source: The Gemfile, or its lock.
    /// - Throws: ``LaminaError`` `notFound`.
    init(_ source: FilePath) throws {
        var folder = try ProjectFolder(source.absolute.removingLastComponent(), excluding: Self.excluded)
        let isNew = source.lastComponent?.string.hasPrefix("gems") == true
        let gemfile = isNew ? "gems.rb" : "Gemfile"
        self.gemfile = gemfile
        let path = folder.folder.appending(gemfile)
        let text = try Self.read(path)
        let lockPath = folder.existing(isNew ? "gems.locked" : "Gemfile.lock")
        lock = try lockPath.map { ($0, GemLock(try Self.read($0))) }
        let named = lock?.content.localPaths ?? Self.localPaths(inGemfile: text)
        folder.localPaths = Set(named.map { [folder] in folder.relativePath(folder.resolve($0)) }).map { $0.isEmpty ? "." : $0 }.sorted()
        for local in folder.localPaths where !BuildCache.exists(folder.resolve(local)) {
            throw LaminaError(.notFound, "\(path) names \(folder.resolve(local)), which does not exist")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.folder.string)) ?? []
        folder.files = names.sorted().filter { name in
            (name.hasPrefix("Gemfile") || [".ruby-version", ".tool-versions", gemfile].contains(name))
                && name != lockPath?.lastComponent?.string
        }.map { [folder] in folder.folder.appending($0) }
        self.folder = folder
    }

    /// Gems that were put beside the project with `bundle cache`.
    var vendoredGems: FilePath? { folder.existing("vendor/cache") }

    /// The lines of the project's own bundler configuration that say where gems come from and which are wanted, not where they go.
    var configuration: String {
        let text = folder.existing(".bundle/config").flatMap { try? Self.read($0) } ?? ""
        let places = [
            "BUNDLE_PATH", "BUNDLE_FROZEN", "BUNDLE_DEPLOYMENT", "BUNDLE_BIN", "BUNDLE_GEMFILE", "BUNDLE_CACHE_PATH", "BUNDLE_SHEBANG",
        ]
        return text.split(whereSeparator: \.isNewline).filter { line in !places.contains { line.hasPrefix($0) } }.map { "\($0)\n" }.joined()
    }

    /// Folders that a Gemfile without a lock names literally.
    private static func localPaths(inGemfile text: String) -> [String] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("#") }
        let paths = lines.flatMap { line in
            line.matches(of: #/(?:\bpath(?::|\s*=>|\s)\s*|:path\s*=>\s*)["']([^"']+)["']/#).map { String($0.1) }
        }
        return paths + (lines.contains { $0 == "gemspec" || $0.hasPrefix("gemspec ") } ? ["."] : [])
    }

    private static func read(_ path: FilePath) throws -> String {
        do {
            return try String(contentsOfFile: path.string, encoding: .utf8)
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
    }
}
