import GRDB
import LambdaModel

extension CatalogTransaction {
    /// Bytes of layer versions and deployment packages in an account's region.
    public func codeStorage(in scope: Scope) throws -> Int {
        try row("SELECT bytes FROM code_storage WHERE account = ? AND region = ?", [scope.account, scope.region]) { $0[0] } ?? 0
    }

    func addCode(_ bytes: Int, in scope: Scope) throws {
        try execute(
            """
            INSERT INTO code_storage (account, region, bytes) VALUES (?, ?, ?)
            ON CONFLICT (account, region) DO UPDATE SET bytes = bytes + excluded.bytes
            """, [scope.account, scope.region, bytes])
    }

    /// Whether a layer version, function, object or part refers to a blob.
    public func refers(to sha256: String) throws -> Bool {
        try exists(
            """
            SELECT 1 FROM layer_version WHERE sha256 = :hash UNION ALL SELECT 1 FROM function_version WHERE code_sha256 = :hash
            UNION ALL SELECT 1 FROM function_layer WHERE sha256 = :hash UNION ALL SELECT 1 FROM object WHERE sha256 = :hash
            UNION ALL SELECT 1 FROM upload_part WHERE sha256 = :hash LIMIT 1
            """, ["hash": sha256])
    }
}
