import Foundation
import SystemPackage

#if canImport(FoundationXML)
import FoundationXML
#endif

/// What a build reads of a pom.xml.
struct PomFile: Sendable {
    /// The names of its licenses, as one text.
    private(set) var license: String?
    /// The path of its parent's file or folder, relative to its own folder; nil without a parent, or with one from a repository.
    private(set) var parentPath: String?
    private(set) var hasModules = false

    /// Nil for what is no XML, or has another root than `project`.
    init?(_ data: Data) {
        let reader = Reader()
        let parser = XMLParser(data: data)
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        guard parser.parse(), reader.isProject else { return nil }
        license = reader.licenses.isEmpty ? nil : reader.licenses.joined(separator: " OR ")
        // Maven's default, where the parent says nothing (Maven: "POM Reference", Inheritance); an empty one means a repository.
        if reader.hasParent { parentPath = reader.relativePath.map { $0.isEmpty ? nil : $0 } ?? "../pom.xml" }
        hasModules = reader.hasModules
    }

    private final class Reader: NSObject, XMLParserDelegate {
        var licenses: [String] = []
        var relativePath: String?
        var isProject = false, hasParent = false, hasModules = false
        private var path: [String] = []
        private var text = ""

        func parser(
            _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            if path.isEmpty { isProject = element == "project" }
            path.append(element)
            text = ""
            // No pom is nested so deep.
            if path.count > 64 { parser.abortParsing() }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

        func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
            let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
            switch path.dropFirst() {
            case ["licenses", "license", "name"] where !value.isEmpty: licenses.append(value)
            case ["parent"]: hasParent = true
            case ["parent", "relativePath"]: relativePath = value
            case ["modules", "module"]: hasModules = true
            default: break
            }
            path.removeLast()
            text = ""
        }
    }
}
