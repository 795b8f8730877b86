import Foundation
import GRDB

extension CatalogTransaction {
    /// Keeps a small blob; one that is there already stays.
    func insertBlob(_ sha256: String, _ bytes: [UInt8]) throws {
        try execute("INSERT INTO small_blob (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING", [sha256, Data(bytes)])
    }

    func blob(_ sha256: String) throws -> [UInt8]? {
        try row("SELECT bytes FROM small_blob WHERE sha256 = ?", [sha256]) { Array($0[0] as Data) }
    }

    func hasBlob(_ sha256: String) throws -> Bool { try exists("SELECT 1 FROM small_blob WHERE sha256 = ?", [sha256]) }

    func deleteBlob(_ sha256: String) throws { try execute("DELETE FROM small_blob WHERE sha256 = ?", [sha256]) }

    /// The hashes of all small blobs behind one, in order.
    func blobs(after sha256: String, limit: Int) throws -> [String] {
        try rows("SELECT sha256 FROM small_blob WHERE sha256 > ? ORDER BY sha256 LIMIT ?", [sha256, limit]) { $0[0] as String }
    }
}
