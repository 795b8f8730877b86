import AWSWire
import Foundation
import LambdaModel

/// Parses a head whose headers are the input's lines, and verifies what it says.
func feedSignature(_ bytes: UnsafeRawBufferPointer) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    let target = (lines.first ?? "").split(separator: "?", maxSplits: 1).map(String.init)
    var head = RequestHead(method: "GET", path: target.first ?? "/", query: target.count > 1 ? target[1] : "", headers: [:])
    for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
        if parts.count == 2 { head.headers[parts[0].lowercased(), default: []].append(parts[1]) }
    }
    guard let signature = try? SigV4Signature(head) else { return }
    guard let date = signature.date,
        let verifier = try? SigV4Verifier(signature, SigningKey(secret: "secret", signature), head: head, now: date)
    else { return }
    try? verifier.verify(payload: verifier.declaredPayload ?? "")
}

/// Decodes a chunked body that comes in two pieces, cut where the first byte says.
func feedChunks(_ bytes: UnsafeRawBufferPointer) {
    var decoder = ChunkedBodyDecoder(signatures: nil)
    var length = 0
    do {
        for piece in pieces(bytes) { try decoder.decode(piece) { length += $0.count } }
        _ = try decoder.finish()
    } catch {}
    precondition(length <= bytes.count, "more data came out than went in")
}

/// Takes the blob out of a document that comes in two pieces.
func feedJSON(_ bytes: UnsafeRawBufferPointer) {
    var scanner = JSONBlobScanner(path: ["Content", "ZipFile"], limit: 1 << 16)
    var length = 0
    do {
        for piece in pieces(bytes) { try scanner.scan(piece) { length += $0.count } }
        _ = try scanner.finish()
    } catch {}
    precondition(length <= bytes.count, "more data came out than went in")
}

/// Looks for what makes a text no JSON.
func feedSyntax(_ bytes: UnsafeRawBufferPointer) {
    guard JSONSyntax.flaw(in: Array(bytes)) == nil else { return }
    precondition(String(validating: bytes, as: UTF8.self) != nil, "what is no UTF-8 was taken for JSON")
}

private func pieces(_ bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    guard let first = bytes.first else { return [] }
    let rest = bytes.dropFirst()
    let cut = rest.startIndex + (rest.isEmpty ? 0 : Int(first) % rest.count)
    return [UnsafeRawBufferPointer(rebasing: rest[..<cut]), UnsafeRawBufferPointer(rebasing: rest[cut...])]
}
