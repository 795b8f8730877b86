import Checksum

extension BillOfMaterials {
    /// The layer, or a package in it.
    struct Component: Encodable {
        var type: String
        var bomReference: String
        var name: String
        var version: String?
        var hashes: [Hash]?
        var licenses: [License]?
        var purl: String?

        enum CodingKeys: String, CodingKey {
            case type
            case bomReference = "bom-ref"
            case name, version, hashes, licenses, purl
        }

        init(layer name: String, _ digest: SHA256Digest, license: String?) {
            type = "file"
            bomReference = "layer:\(digest.hexadecimal)"
            self.name = name
            hashes = [Hash(content: digest.hexadecimal)]
            licenses = license.map(License.list)
        }

        init(_ package: LayerContent.Package) {
            type = "library"
            name = package.name
            version = package.version
            purl = PackageURL(package)?.text
            bomReference = purl ?? "\(package.ecosystem.rawValue):\(package.name)@\(package.version):\(package.file)"
            hashes = package.sha256.map { [Hash(content: $0)] }
            licenses = package.license.map(License.list)
        }
    }

    struct Hash: Encodable {
        var alg = "SHA-256"
        var content: String
    }

    /// An identifier of SPDX's list, an expression, or a name, each with a member of its own.
    struct License: Encodable {
        private struct Named: Encodable {
            var id: String?
            var name: String?
        }

        private var license: Named?
        private var expression: String?

        /// One expression, or each license by itself where one of them is not of SPDX's list.
        static func list(_ text: String) -> [License] {
            if let known = SPDXExpression(text) {
                return [known.isIdentifier ? License(license: Named(id: known.text)) : License(expression: known.text)]
            }
            return text.split(separator: " AND ").map { part in
                let known = SPDXExpression(part).flatMap { $0.isIdentifier ? $0.text : nil }
                return License(license: known.map { Named(id: $0) } ?? Named(name: String(part)))
            }
        }
    }
}
