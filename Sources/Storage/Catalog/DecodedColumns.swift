import Synchronization

/// Structures of columns that were decoded lately, by their text: it is quicker to compare than to decode.
final class DecodedColumns<Value: Decodable & Sendable>: Sendable {
    private let limit: Int
    private let values = Mutex<[String: Value]>([:])

    /// - Parameter limit: So many are kept; beyond them it begins anew.
    init(limit: Int) { self.limit = limit }

    /// What a column's text stands for.
    func value(_ text: String) throws -> Value {
        if let known = values.withLock({ $0[text] }) { return known }
        let value = try JSONColumn.decode(Value.self, text)
        values.withLock { values in
            if values.count >= limit { values.removeAll() }
            values[text] = value
        }
        return value
    }
}
