import GRDB

extension Catalog {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: firstTables) }
        migrator.registerMigration("2") { try $0.execute(sql: registryTables) }
        return migrator
    }

    private static let firstTables = """
        CREATE TABLE access_key (
            id TEXT PRIMARY KEY, secret TEXT NOT NULL, account TEXT NOT NULL, is_root INTEGER NOT NULL, created BIGINT NOT NULL
        );

        CREATE TABLE layer (
            account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, last_version BIGINT NOT NULL,
            PRIMARY KEY (account, region, name)
        );
        CREATE TABLE layer_version (
            account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL,
            sha256 TEXT NOT NULL, size BIGINT NOT NULL, unzipped_size BIGINT NOT NULL, description TEXT, license TEXT,
            runtimes TEXT, architectures TEXT, created BIGINT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (account, region, name, version),
            FOREIGN KEY (account, region, name) REFERENCES layer (account, region, name)
        );

        CREATE TABLE function (
            account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, code_sha256 TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (account, region, name)
        );
        CREATE TABLE function_layer (
            account TEXT NOT NULL, region TEXT NOT NULL, function TEXT NOT NULL, position INTEGER NOT NULL,
            layer_version_arn TEXT NOT NULL, sha256 TEXT NOT NULL,
            PRIMARY KEY (account, region, function, position),
            FOREIGN KEY (account, region, function) REFERENCES function (account, region, name) ON DELETE CASCADE
        );
        CREATE INDEX function_layer_arn ON function_layer (layer_version_arn);

        CREATE TABLE bucket (
            name TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, created BIGINT NOT NULL
        );
        CREATE TABLE object (
            bucket TEXT NOT NULL REFERENCES bucket (name), key TEXT NOT NULL, sha256 TEXT NOT NULL, size BIGINT NOT NULL,
            etag TEXT NOT NULL, headers TEXT NOT NULL, modified BIGINT NOT NULL,
            PRIMARY KEY (bucket, key)
        );
        CREATE TABLE upload (
            id TEXT PRIMARY KEY, bucket TEXT NOT NULL REFERENCES bucket (name), key TEXT NOT NULL, headers TEXT NOT NULL,
            created BIGINT NOT NULL
        );
        CREATE TABLE upload_part (
            upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE, number INTEGER NOT NULL, sha256 TEXT NOT NULL,
            size BIGINT NOT NULL, etag TEXT NOT NULL,
            PRIMARY KEY (upload, number)
        );
        """
}
