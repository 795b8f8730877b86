extension Catalog {
    /// Accounts, layer policies, function versions, asynchronous events, roles, object versions.
    static let registryTables = """
        CREATE TABLE account (id TEXT PRIMARY KEY, organization TEXT, created BIGINT NOT NULL);
        INSERT INTO account (id, created) SELECT DISTINCT account, MIN(created) FROM access_key GROUP BY account;
        ALTER TABLE access_key ADD COLUMN access TEXT NOT NULL DEFAULT 'full';
        ALTER TABLE access_key ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX access_key_account ON access_key (account);

        -- Blobs that are too small for files of their own.
        CREATE TABLE small_blob (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);

        -- Bytes of code in an account's region, for the limit on them.
        CREATE TABLE code_storage (
            account TEXT NOT NULL, region TEXT NOT NULL, bytes BIGINT NOT NULL, PRIMARY KEY (account, region)
        );

        DELETE FROM layer_version WHERE deleted = 1;
        ALTER TABLE layer_version DROP COLUMN deleted;
        UPDATE layer_version SET
            runtimes = CASE runtimes WHEN '[]' THEN '' ELSE replace(replace(replace(runtimes, '["', ','), '"]', ','), '","', ',') END,
            architectures =
                CASE architectures WHEN '[]' THEN '' ELSE replace(replace(replace(architectures, '["', ','), '"]', ','), '","', ',') END;
        ALTER TABLE layer_version ADD COLUMN source TEXT;
        ALTER TABLE layer_version ADD COLUMN policy TEXT;
        CREATE INDEX layer_version_blob ON layer_version (sha256);
        -- The highest version that is not deleted; null where none is left.
        ALTER TABLE layer ADD COLUMN latest BIGINT;
        UPDATE layer SET latest = (
            SELECT MAX(version) FROM layer_version v
            WHERE v.account = layer.account AND v.region = layer.region AND v.name = layer.name
        );
        CREATE INDEX layer_latest ON layer (account, region, name) WHERE latest IS NOT NULL;

        ALTER TABLE function RENAME TO first_function;
        ALTER TABLE function_layer RENAME TO first_function_layer;
        DROP INDEX function_layer_arn;
        CREATE TABLE function (
            account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, last_version BIGINT NOT NULL, reserved_concurrency BIGINT,
            attributes TEXT NOT NULL, PRIMARY KEY (account, region, name)
        );
        -- What a function that is made again under its name goes on counting from.
        CREATE TABLE deleted_function (
            account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, last_version BIGINT NOT NULL,
            PRIMARY KEY (account, region, name)
        );
        -- Version 0 is $LATEST.
        CREATE TABLE function_version (
            account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, code_sha256 TEXT NOT NULL,
            code_size BIGINT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (account, region, name, version),
            FOREIGN KEY (account, region, name) REFERENCES function (account, region, name) ON DELETE CASCADE
        );
        CREATE INDEX function_version_blob ON function_version (code_sha256);
        CREATE TABLE function_layer (
            account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, position INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (account, region, name, version, position),
            FOREIGN KEY (account, region, name, version) REFERENCES function_version (account, region, name, version) ON DELETE CASCADE
        );
        CREATE INDEX function_layer_blob ON function_layer (sha256);
        INSERT INTO function (account, region, name, last_version, attributes)
            SELECT account, region, name, 0, '{}' FROM first_function;
        INSERT INTO function_version (account, region, name, version, code_sha256, code_size, body)
            SELECT account, region, name, 0, code_sha256, json_extract(body, '$.code.size'), json_set(body, '$.version', 0) FROM first_function;
        INSERT INTO function_layer (account, region, name, version, position, sha256)
            SELECT account, region, function, 0, position, sha256 FROM first_function_layer;
        DROP TABLE first_function_layer;
        DROP TABLE first_function;

        INSERT INTO code_storage (account, region, bytes)
            SELECT account, region, SUM(size) FROM (
                SELECT account, region, size FROM layer_version UNION ALL SELECT account, region, code_size FROM function_version
            ) GROUP BY account, region;

        CREATE TABLE function_alias (
            account TEXT NOT NULL, region TEXT NOT NULL, function TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (account, region, function, name),
            FOREIGN KEY (account, region, function) REFERENCES function (account, region, name) ON DELETE CASCADE
        );

        -- Asynchronous invocations that are not done; due is when the next attempt may start.
        CREATE TABLE event (
            id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, function TEXT NOT NULL, qualifier TEXT,
            payload BLOB NOT NULL, accepted BIGINT NOT NULL, attempts INTEGER NOT NULL, due BIGINT NOT NULL
        );
        CREATE INDEX event_due ON event (due);

        CREATE TABLE role (
            account TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, name)
        );

        ALTER TABLE bucket ADD COLUMN versioning TEXT;
        ALTER TABLE object RENAME TO first_object;
        CREATE TABLE object (
            bucket TEXT NOT NULL REFERENCES bucket (name), key TEXT NOT NULL, sequence BIGINT NOT NULL, version TEXT NOT NULL,
            is_latest INTEGER NOT NULL, sha256 TEXT, size BIGINT NOT NULL, etag TEXT NOT NULL, headers TEXT NOT NULL,
            modified BIGINT NOT NULL, upload TEXT,
            PRIMARY KEY (bucket, key, sequence)
        );
        -- A version without sha256 is a delete marker; upload is the id of the multipart upload that made it.
        CREATE INDEX object_latest ON object (bucket, key) WHERE is_latest = 1 AND sha256 IS NOT NULL;
        CREATE INDEX object_blob ON object (sha256);
        INSERT INTO object (bucket, key, sequence, version, is_latest, sha256, size, etag, headers, modified)
            SELECT bucket, key, 1, 'null', 1, sha256, size, etag, headers, modified FROM first_object;
        DROP TABLE first_object;
        ALTER TABLE upload_part ADD COLUMN checksum TEXT;
        ALTER TABLE upload_part ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
        CREATE INDEX upload_part_blob ON upload_part (sha256);
        CREATE INDEX upload_key ON upload (bucket, key);
        """
}
