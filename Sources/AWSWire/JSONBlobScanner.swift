import LaminaErrors

/// Takes one large base64 member out of a JSON document that comes in pieces, so that the rest can be decoded as usual.
///
/// The member's decoded bytes are handed out as they come; the document is kept with an empty string in its place. No I/O.
public struct JSONBlobScanner: Sendable {
    private enum Container {
        /// With the key whose value comes next, once it is read.
        case object(key: [UInt8]?)
        case array
    }

    private enum State {
        case structure
        case string(isKey: Bool, isEscaped: Bool)
        case blob
        /// Behind a backslash in the blob: the characters of the escape so far.
        case blobEscape([UInt8])
    }

    private static let depthLimit = 64

    private let path: [[UInt8]]
    private let limit: Int
    private var state = State.structure
    private var containers: [Container] = []
    private var key: [UInt8] = []
    private var decoder = Base64StreamDecoder()
    /// Whether the member was there.
    public private(set) var isFound = false
    private var rest: [UInt8] = []

    /// - Parameters:
    ///   - path: The member's keys from the document's root.
    ///   - limit: The most bytes that the rest of the document may have.
    public init(path: [String], limit: Int = 1 << 20) {
        self.path = path.map { Array($0.utf8) }
        self.limit = limit
    }

    /// Scans a piece.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for a blob that is not base64, `limitExceeded` for a document that is too large or too deep.
    public mutating func scan(_ bytes: UnsafeRawBufferPointer, emit: (UnsafeRawBufferPointer) throws -> Void) throws {
        var index = 0
        while index < bytes.count {
            switch state {
            case .blob:
                let run = UnsafeRawBufferPointer(rebasing: bytes[index...])
                let end = run.firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") } ?? run.count
                try decoder.decode(UnsafeRawBufferPointer(rebasing: run[..<end]), emit: emit)
                index += end
                guard index < bytes.count else { return }
                if bytes[index] == UInt8(ascii: "\\") {
                    state = .blobEscape([])
                } else {
                    try decoder.finish(emit: emit)
                    rest.append(UInt8(ascii: "\""))
                    state = .structure
                }
                index += 1
            case .blobEscape(let escape):
                try unescape(escape + [bytes[index]], emit: emit)
                index += 1
            case .structure, .string:
                guard rest.count < limit else { throw LaminaError(.limitExceeded, "the request's JSON is larger than \(limit) bytes") }
                rest.append(bytes[index])
                try advance(bytes[index])
                index += 1
            }
        }
    }

    /// The document without the member's text.
    ///
    /// - Throws: ``LaminaError`` `corrupt` when it ended inside the member.
    public consuming func finish() throws -> [UInt8] {
        if case .structure = state { return rest }
        throw LaminaError(.corrupt, "the JSON document ends in the middle")
    }

    private mutating func advance(_ byte: UInt8) throws {
        if case .string(let isKey, let isEscaped) = state {
            if !isEscaped, byte == UInt8(ascii: "\"") {
                state = .structure
            } else {
                if isKey { key.append(byte) }
                state = .string(isKey: isKey, isEscaped: !isEscaped && byte == UInt8(ascii: "\\"))
            }
            return
        }
        switch byte {
        case UInt8(ascii: "{"): try open(.object(key: nil))
        case UInt8(ascii: "["): try open(.array)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = containers.popLast()
        case UInt8(ascii: ","):
            if case .object = containers.last { containers[containers.count - 1] = .object(key: nil) }
        case UInt8(ascii: ":"):
            if case .object = containers.last { containers[containers.count - 1] = .object(key: key) }
        case UInt8(ascii: "\""): openString()
        default: break
        }
    }

    private mutating func open(_ container: Container) throws {
        guard containers.count < Self.depthLimit else { throw LaminaError(.limitExceeded, "the request's JSON is nested too deeply") }
        containers.append(container)
    }

    private mutating func openString() {
        if case .object(key: nil) = containers.last {
            key = []
            state = .string(isKey: true, isEscaped: false)
        } else if !isFound, isAtPath {
            isFound = true
            state = .blob
        } else {
            state = .string(isKey: false, isEscaped: false)
        }
    }

    private var isAtPath: Bool {
        containers.count == path.count
            && zip(containers, path).allSatisfy { container, key in
                if case .object(let own) = container { own == key } else { false }
            }
    }

    /// `\/` and `\u002b` stand for base64 characters in what some JSON writers make.
    private mutating func unescape(_ escape: [UInt8], emit: (UnsafeRawBufferPointer) throws -> Void) throws {
        let character: UInt8
        switch escape[0] {
        case UInt8(ascii: "/"): character = UInt8(ascii: "/")
        case UInt8(ascii: "n"), UInt8(ascii: "r"): character = UInt8(ascii: "\n")
        case UInt8(ascii: "u") where escape.count < 5:
            state = .blobEscape(escape)
            return
        case UInt8(ascii: "u"):
            character = UInt8(String(decoding: escape[1...], as: UTF8.self), radix: 16) ?? 0
        default: character = 0
        }
        state = .blob
        try withUnsafeBytes(of: character) { try decoder.decode($0, emit: emit) }
    }
}
