/// A package's name for tools that know all registries (the purl specification).
struct PackageURL: Sendable {
    let text: String

    /// Nil for a package that came from a folder, of which no registry knows.
    init?(_ package: LayerContent.Package) {
        let version = Self.encode(package.version)
        switch package.origin {
        case .folder?: return nil
        case .repository(let url, let commit)?:
            text = "pkg:\(package.ecosystem.rawValue)/\(Self.name(package))@\(version)?vcs_url=\(Self.encode("git+\(url)@\(commit)"))"
        case nil: text = "pkg:\(package.ecosystem.rawValue)/\(Self.name(package))@\(version)\(Self.qualifiers(package))"
        }
    }

    private static func name(_ package: LayerContent.Package) -> String {
        switch package.ecosystem {
        case .pypi: encode(PythonName.normalize(package.name))
        case .npm: package.name.lowercased().split(separator: "/").map(encode).joined(separator: "/")
        case .maven: package.name.split(separator: ":").map(encode).joined(separator: "/")
        case .deb: "debian/\(encode(package.name))"
        case .rpm: "amzn/\(encode(package.name))"
        case .gem: encode(package.name)
        }
    }

    private static func qualifiers(_ package: LayerContent.Package) -> String { package.ecosystem == .maven ? "?type=jar" : "" }

    private static func encode(_ text: some StringProtocol) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || ".-_~:".contains(character))
            guard !isPlain else { return String(character) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
