import AWSWire
import Hummingbird
import LambdaModel
import Registry

/// STS, as far as tools ask it who they are.
struct IdentityService: Sendable {
    func respond(to request: SignedRequest, requestID: String) async throws -> Response {
        let body = try await request.body.collect(limit: 1 << 16)
        let form = QueryItems(String(decoding: body, as: UTF8.self), plusIsSpace: true)
        let action = form["Action"] ?? request.query["Action"] ?? ""
        guard action == "GetCallerIdentity" else {
            throw APIError("InvalidAction", status: 400, "Could not find operation \(action) for version 2011-06-15", hasType: false)
        }
        let result = XMLText.element(
            "GetCallerIdentityResult",
            [
                XMLText.element("Arn", request.caller.arn), XMLText.element("UserId", request.caller.scope.account),
                XMLText.element("Account", request.caller.scope.account),
            ])
        let answer = XMLText.element(
            "GetCallerIdentityResponse", namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
            [result, XMLText.element("ResponseMetadata", [XMLText.element("RequestId", requestID)])])
        return Response(status: .ok, headers: [.contentType: "text/xml"], body: ResponseBody(byteBuffer: ByteBuffer(string: answer)))
    }
}
