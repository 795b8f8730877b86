import Foundation
import HTTPTransfer

extension ServiceError {
    /// Reads an error answer in any of the three shapes that AWS's services have: REST-JSON's, S3's XML, the query protocol's XML.
    init(_ answer: HTTPAnswer) {
        let body = (try? JSONDecoder().decode(JSONBody.self, from: Data(answer.body))) ?? JSONBody()
        let text = String(decoding: answer.body, as: UTF8.self)
        // The header may have a URL behind a colon, the body a namespace before a number sign.
        let named =
            answer.headers["x-amzn-errortype"]?.split(separator: ":").first ?? body.name?.split(separator: "#").last
            ?? XMLAnswer.text("Code", in: text).map { $0[...] }
        self.init(
            name: named.map(String.init) ?? "HTTP status \(answer.status)", status: answer.status,
            message: body.message ?? XMLAnswer.text("Message", in: text) ?? "")
    }

    private struct JSONBody: Decodable {
        var name: String?
        var message: String?

        init() {}

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func text(_ keys: CodingKeys...) -> String? {
                keys.lazy.compactMap { try? container.decode(String.self, forKey: $0) }.first
            }
            name = text(.type, .code, .upperCode)
            message = text(.upperMessage, .message)
        }

        enum CodingKeys: String, CodingKey {
            case type = "__type"
            case code
            case upperCode = "Code"
            case message
            case upperMessage = "Message"
        }
    }
}

/// Reads single elements of the small XML answers that AWS's services give.
enum XMLAnswer {
    /// The text of the first element of that name, which must have no elements inside.
    static func text(_ name: String, in document: String) -> String? {
        guard let start = document.range(of: "<\(name)>"),
            let end = document.range(of: "</\(name)>", range: start.upperBound..<document.endIndex)
        else { return nil }
        var text = String(document[start.upperBound..<end.lowerBound])
        guard !text.contains("<") else { return nil }
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#13;", ""), ("&amp;", "&")] {
            text = text.replacingOccurrences(of: entity, with: character)
        }
        return text
    }
}
