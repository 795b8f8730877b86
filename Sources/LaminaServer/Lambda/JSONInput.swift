import Foundation
import LambdaModel

/// A request's JSON object, taken apart by the members that an operation knows. A member that is null counts as left out.
struct JSONInput {
    private let members: [String: Any]

    /// - Throws: `APIError` SerializationException.
    init(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else {
            members = [:]
            return
        }
        if let flaw = JSONSyntax.flaw(in: bytes) { throw APIError.serialization("Could not parse request body into json: \(flaw)") }
        guard let members = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
            throw APIError.serialization("Could not parse request body into json: the body is no JSON object")
        }
        self.members = members
    }

    private init(members: [String: Any]) { self.members = members }

    func string(_ name: String) throws -> String? { try member(name, "String") { $0 as? String } }

    func integer(_ name: String) throws -> Int? { try member(name, "Integer") { Self.isBool($0) ? nil : $0 as? Int } }

    func bool(_ name: String) throws -> Bool? { try member(name, "Boolean") { Self.isBool($0) ? $0 as? Bool : nil } }

    /// An element that is null reads `null`, as AWS prints it where it refuses it.
    func strings(_ name: String) throws -> [String]? {
        try member(name, "List") { list in
            (list as? [Any])?.map { $0 is NSNull ? "null" : $0 } as? [String]
        }
    }

    func map(_ name: String) throws -> [String: String]? { try member(name, "Map") { $0 as? [String: String] } }

    func numbers(_ name: String) throws -> [String: Double]? {
        try member(name, "Map") { map in
            guard let numbers = map as? [String: NSNumber], !numbers.values.contains(where: Self.isBool) else { return nil }
            return numbers.mapValues(\.doubleValue)
        }
    }

    func object(_ name: String) throws -> JSONInput? {
        let members = try member(name, "Structure") { $0 as? [String: Any] }
        return members.map { JSONInput(members: $0) }
    }

    func objects(_ name: String) throws -> [JSONInput]? {
        let list = try member(name, "List") { $0 as? [[String: Any]] }
        return list?.map { JSONInput(members: $0) }
    }

    /// Foundation makes numbers of truth values; their C type tells them apart.
    private static func isBool(_ value: Any) -> Bool { (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false }

    private func member<T>(_ name: String, _ type: String, _ convert: (Any) -> T?) throws -> T? {
        guard let value = members[name], !(value is NSNull) else { return nil }
        guard let value = convert(value) else {
            throw APIError.serialization("Could not parse request body into json: \(name) can not be converted to \(type)")
        }
        return value
    }
}
