import Foundation
import LaminaErrors

extension HTTPAnswer {
    /// Bytes of a body that is looked into for words.
    private static let bodyLimit = 1 << 16
    /// Characters that are told of a service's words.
    private static let wordsLimit = 300

    /// Docker Hub's token server says `details`.
    private struct Words: Decodable {
        struct Entry: Decodable {
            var code: String?
            var message: String?
        }

        var errors: [Entry]?
        var details: String?
    }

    /// Whether another try may find the service well: it has too much to do, or fails (RFC 6585, 4; RFC 9110, 15.6).
    package var isTransient: Bool { status == 429 || status >= 500 }

    /// What the answer says, and who says it: ` answers with status 403: requested access to the resource is denied`.
    ///
    /// The words are those of a body as registries write it (OCI distribution specification, "Error Codes"), cut and without signs that
    /// would steer a terminal.
    package var refusal: String {
        let redirection = otherHost.map { " sends on to \($0), which" } ?? ""
        return "\(redirection) answers with status \(status)\(words.map { ": \($0)" } ?? "")"
    }

    /// The error of a transient answer; ``RetrySchedule`` waits for as long as the service says.
    ///
    /// - Parameter asked: Who was asked.
    package func unavailable(_ asked: String) -> LaminaError {
        LaminaError(.unavailable, asked + refusal, cause: headers["retry-after"].flatMap { RetryAfter($0) })
    }

    private var words: String? {
        guard body.count <= Self.bodyLimit, let words = try? JSONDecoder().decode(Words.self, from: Data(body)) else { return nil }
        let texts = (words.errors ?? []).compactMap { $0.message ?? $0.code } + [words.details].compactMap { $0 }
        let text = texts.joined(separator: "; ").unicodeScalars.lazy
            .map { [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory) ? " " : $0 }
        let told = String(String.UnicodeScalarView(text.prefix(Self.wordsLimit))).trimmingCharacters(in: .whitespaces)
        return told.isEmpty ? nil : told
    }
}
