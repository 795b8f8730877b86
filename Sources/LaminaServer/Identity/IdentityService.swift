import AWSWire
import Hummingbird
import LambdaModel
import Registry
import Storage

/// STS, as far as tools ask it who they are, and IAM's roles: the query protocol, forms in and XML out.
struct IdentityService: Sendable {
    let catalog: Catalog

    func respond(to request: SignedRequest, requestID: String) async throws -> Response {
        let body = try await request.body.collect(limit: 1 << 20)
        let form = QueryForm(body, request.query)
        guard let action = form["Action"] else {
            throw APIError("MissingAction", status: 400, "The request must contain the parameter Action", hasType: false)
        }
        try request.caller.require("\(request.service):\(action)") { APIError("AccessDenied", status: 403, $0, hasType: false) }
        if request.service == "sts", action == "GetCallerIdentity" {
            let account = request.caller.scope.account
            return answer(
                action, namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
                [
                    XMLText.element("Arn", request.caller.arn), XMLText.element("UserId", account), XMLText.element("Account", account),
                ], requestID)
        }
        guard request.service == "iam", let operation = RoleOperation(rawValue: action) else {
            let version = request.service == "iam" ? "2010-05-08" : "2011-06-15"
            throw APIError("InvalidAction", status: 400, "Could not find operation \(action) for version \(version)", hasType: false)
        }
        let result = try await perform(RoleRequest(operation: operation, form: form, account: request.caller.scope.account))
        return answer(action, namespace: "https://iam.amazonaws.com/doc/2010-05-08/", result, requestID)
    }

    /// - Parameter result: The result's elements; nil for an operation that has none.
    private func answer(_ action: String, namespace: String, _ result: [String]?, _ requestID: String) -> Response {
        let metadata = XMLText.element("ResponseMetadata", [XMLText.element("RequestId", requestID)])
        let text = XMLText.element(
            "\(action)Response", namespace: namespace, (result.map { [XMLText.element("\(action)Result", $0)] } ?? []) + [metadata])
        return Response(status: .ok, headers: [.contentType: "text/xml"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// The members of a query request.
struct QueryForm {
    private let values: [String: String]

    /// What the body says counts before what the query says.
    init(_ body: [UInt8], _ query: QueryItems) {
        let items = QueryItems(String(decoding: body, as: UTF8.self), plusIsSpace: true)
        values = Dictionary((items.pairs + query.pairs).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> String? { values[name] }

    /// `NAME.member.1`, `NAME.member.2` and so on.
    func list(_ name: String) -> [String] {
        var values: [String] = []
        while let value = self["\(name).member.\(values.count + 1)"] { values.append(value) }
        return values
    }

    /// `NAME.member.1.Key` and `NAME.member.1.Value` and so on.
    func pairs(_ name: String) -> [(key: String, value: String)] {
        var pairs: [(String, String)] = []
        while let key = self["\(name).member.\(pairs.count + 1).Key"] {
            pairs.append((key, self["\(name).member.\(pairs.count + 1).Value"] ?? ""))
        }
        return pairs
    }
}
