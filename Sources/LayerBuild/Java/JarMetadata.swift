import Foundation
import LaminaErrors
import SystemPackage
import ZipArchive

/// What a jar says of itself: Maven's files in it, and its manifest.
struct JarMetadata: Sendable {
    private(set) var group: String?
    private(set) var name: String?
    private(set) var version: String?
    private(set) var license: String?

    private static let limit = 4 << 20

    /// - Throws: ``LaminaError`` `corrupt` for what is no zip.
    init(_ jar: FilePath) throws {
        let zip = try ZipReader(jar)
        // A jar that holds others' classes holds their files too: the one that its name speaks of counts, or a single one.
        let candidates = zip.entries.filter { $0.path.hasPrefix("META-INF/maven/") && $0.path.hasSuffix("/pom.properties") }
        let stem = jar.stem ?? ""
        let own = candidates.first { entry in
            entry.path.split(separator: "/").dropLast().last.map { stem == $0 || stem.hasPrefix("\($0)-") } ?? false
        }
        if let entry = own ?? (candidates.count == 1 ? candidates.first : nil), entry.size <= Self.limit {
            let properties = Self.fields(String(decoding: try zip.read(entry), as: UTF8.self), separator: "=")
            (group, name, version) = (properties["groupId"], properties["artifactId"], properties["version"])
            let folder = entry.path.dropLast("pom.properties".count)
            if let pom = zip.entries.first(where: { $0.path == "\(folder)pom.xml" }), pom.size <= Self.limit {
                license = PomFile(Data(try zip.read(pom)))?.license
            }
        }
        if let entry = zip.entries.first(where: { $0.path == "META-INF/MANIFEST.MF" }), entry.size <= Self.limit {
            // A line that begins with a space goes on from the one before (JAR file specification).
            let text = String(decoding: try zip.read(entry), as: UTF8.self).replacing("\r\n", with: "\n").replacing("\n ", with: "")
            let manifest = Self.fields(text, separator: ":")
            version = version ?? manifest["Implementation-Version"] ?? manifest["Bundle-Version"]
            license = license ?? manifest["Bundle-License"].map { $0.prefix { $0 != ";" }.trimmingCharacters(in: ["\"", " "]) }
        }
    }

    private static func fields(_ text: String, separator: Character) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let split = line.firstIndex(of: separator) else { continue }
            let name = line[..<split].trimmingCharacters(in: .whitespaces)
            let value = line[line.index(after: split)...].trimmingCharacters(in: .whitespaces)
            if !value.isEmpty, fields[name] == nil { fields[name] = value }
        }
        return fields
    }
}
