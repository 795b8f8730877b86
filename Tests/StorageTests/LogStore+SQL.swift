import GRDB

@testable import Storage

extension LogStore {
    /// Brings about what would take long.
    func execute(_ sql: String) throws { try change { try $0.execute(sql: sql) } }
}
