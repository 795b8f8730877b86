import Foundation
import LambdaModel

#if canImport(FoundationXML)
import FoundationXML
#endif

/// An element of a request's XML body: its name without a prefix, its text, its children.
struct XMLTree {
    var name: String
    var text = ""
    var children: [XMLTree] = []

    /// The text of the first child of a name.
    func text(_ name: String) -> String? {
        children.first { $0.name == name }?.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// - Throws: `APIError` MalformedXML, also for another root.
    static func parse(_ body: [UInt8], root: String) throws -> XMLTree {
        let builder = Builder()
        let parser = XMLParser(data: Data(body))
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        guard parser.parse(), let tree = builder.root, tree.name == root else { throw S3Error.malformedXML }
        return tree
    }

    private final class Builder: NSObject, XMLParserDelegate {
        private static let depthLimit = 16

        var root: XMLTree?
        private var open: [XMLTree] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
        ) {
            guard open.count < Self.depthLimit else { return parser.abortParsing() }
            open.append(XMLTree(name: name.split(separator: ":").last.map(String.init) ?? name))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if !open.isEmpty { open[open.count - 1].text += text }
        }

        func parser(_ parser: XMLParser, foundCDATA block: Data) {
            guard let text = String(data: block, encoding: .utf8) else { return parser.abortParsing() }
            self.parser(parser, foundCharacters: text)
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            guard let element = open.popLast() else { return }
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }
    }
}
