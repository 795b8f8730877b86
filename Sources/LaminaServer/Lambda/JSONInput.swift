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
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(bytes))
        } catch {
            throw APIError.serialization("Could not parse request body into json: the body is no JSON object")
        }
        guard let members = value as? [String: Any] else {
            throw APIError.serialization("Could not parse request body into json: the body is no JSON object")
        }
        self.members = members
    }

    private init(members: [String: Any]) { self.members = members }

    func string(_ name: String) throws -> String? { try member(name, "String") }

    func integer(_ name: String) throws -> Int? { try member(name, "Integer") }

    func bool(_ name: String) throws -> Bool? { try member(name, "Boolean") }

    func strings(_ name: String) throws -> [String]? { try member(name, "List") }

    func map(_ name: String) throws -> [String: String]? { try member(name, "Map") }

    func numbers(_ name: String) throws -> [String: Double]? {
        let numbers: [String: NSNumber]? = try member(name, "Map")
        return numbers?.mapValues(\.doubleValue)
    }

    func object(_ name: String) throws -> JSONInput? {
        let members: [String: Any]? = try member(name, "Structure")
        return members.map { JSONInput(members: $0) }
    }

    func objects(_ name: String) throws -> [JSONInput]? {
        let list: [[String: Any]]? = try member(name, "List")
        return list?.map { JSONInput(members: $0) }
    }

    private func member<T>(_ name: String, _ type: String) throws -> T? {
        guard let value = members[name], !(value is NSNull) else { return nil }
        guard let value = value as? T else {
            throw APIError.serialization("Could not parse request body into json: \(name) can not be converted to \(type)")
        }
        return value
    }
}
