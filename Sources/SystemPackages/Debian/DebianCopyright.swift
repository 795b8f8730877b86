import Foundation
import SystemPackage

/// A package's machine-readable copyright file (DEP 5).
enum DebianCopyright {
    /// Bytes of a file that is read.
    private static let limit = 1 << 20

    /// All licences that the file tells of, by SPDX's identifiers where it has them, joined by `AND`; nil for a file in free form.
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
        let unique = Set(names.map(spdxName)).sorted()
        return unique.isEmpty ? nil : unique.map { unique.count > 1 && $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: " AND ")
    }

    /// DEP 5's short names that SPDX has others for.
    private static let names = [
        "Expat": "MIT", "BSD-2-clause": "BSD-2-Clause", "BSD-3-clause": "BSD-3-Clause",
        "BSD-4-clause": "BSD-4-Clause", "BSD-1-clause": "BSD-1-Clause", "FreeType": "FTL", "CC0": "CC0-1.0", "and": "AND", "or": "OR",
    ]

    /// A license or expression of DEP 5 in SPDX's words: `GPL-2+ or Expat` is `GPL-2.0-or-later OR MIT`.
    private static func spdxName(_ license: String) -> String {
        license.split(separator: " ").map { word in
            let name = String(word)
            guard let family = ["AGPL-", "LGPL-", "GPL-", "GFDL-"].first(where: name.hasPrefix) else { return names[name] ?? name }
            let version = name.dropFirst(family.count).prefix { $0.isNumber || $0 == "." }
            let rest = name.dropFirst(family.count + version.count)
            guard !version.isEmpty, rest.isEmpty || rest == "+" else { return name }
            return "\(family)\(version.contains(".") ? version : version + ".0")\(rest.isEmpty ? "-only" : "-or-later")"
        }.joined(separator: " ")
    }
}
