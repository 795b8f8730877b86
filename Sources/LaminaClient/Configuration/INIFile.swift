import Foundation
import LaminaErrors

/// A configuration file of AWS's tools, read as botocore reads it: Python's RawConfigParser, and one level of nested settings.
///
///     [services local]
///     lambda =
///       endpoint_url = http://127.0.0.1:9090
struct INIFile: Sendable {
    /// What stands behind a setting's name.
    enum Value: Sendable, Hashable {
        case text(String)
        /// The indented settings below a name without a value of its own.
        case nested([String: String])
    }

    /// Settings by lower-case name.
    typealias Section = [String: Value]

    /// In the file's order; a section that appears twice is one.
    private(set) var sections: [(name: String, settings: Section)] = []

    /// - Parameter name: What error messages call the file.
    /// - Throws: ``LaminaError`` `corrupt`, naming the line.
    init(_ text: String, name: String) throws {
        var parser = INIParser(file: name)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { try parser.read(line) }
        sections = try parser.finish()
    }
}

extension INIFile.Section {
    /// A setting's text, nil where it is absent, empty or nested.
    func text(_ name: String) -> String? {
        guard case .text(let text) = self[name], !text.isEmpty else { return nil }
        return text
    }

    /// A setting below a nested one.
    func text(_ outer: String, _ name: String) -> String? {
        guard case .nested(let settings) = self[outer], let text = settings[name], !text.isEmpty else { return nil }
        return text
    }
}
