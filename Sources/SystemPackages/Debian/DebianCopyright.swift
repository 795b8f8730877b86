import Foundation
import SystemPackage

/// A package's machine-readable copyright file (DEP 5).
enum DebianCopyright {
    /// Bytes of a file that is read.
    private static let limit = 1 << 20

    /// The short names of all licences that the file tells of, joined by "and"; nil for a file in free form.
    static func license(_ path: FilePath) -> String? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path.string), options: .alwaysMapped), data.count <= limit else {
            return nil
        }
        return license(text: String(decoding: data, as: UTF8.self))
    }

    static func license(text: String) -> String? {
        let paragraphs = DebianControlParagraph.parse(text)
        guard paragraphs.first?["Format"]?.contains("copyright-format/1.0") == true else { return nil }
        // debian/ is the packaging, of which nothing is in a library.
        let names = paragraphs.filter { $0["Files"].map { !$0.hasPrefix("debian/") } ?? ($0["Format"] != nil) }
            .compactMap { $0["License"]?.split(whereSeparator: \.isNewline).first.map(String.init) }
        let unique = Set(names).sorted()
        return unique.isEmpty ? nil : unique.map { unique.count > 1 && $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: " and ")
    }
}
