import GRDB

extension LogStore {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: firstTables) }
        migrator.registerMigration("2") { try $0.execute(sql: "CREATE INDEX log_stream_empty ON log_stream (id) WHERE last_event IS NULL") }
        return migrator
    }

    /// A segment's number is never used again, so that whoever still reads of one that is gone finds nothing, and no other's events.
    private static let firstTables = """
        CREATE TABLE log_group (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, class TEXT NOT NULL,
            retention INTEGER, tags TEXT NOT NULL, created INTEGER NOT NULL,
            stored INTEGER NOT NULL DEFAULT 0, on_disk INTEGER NOT NULL DEFAULT 0,
            UNIQUE (account, region, name)
        );
        CREATE TABLE log_stream (
            id INTEGER PRIMARY KEY AUTOINCREMENT, log_group INTEGER NOT NULL REFERENCES log_group (id) ON DELETE CASCADE,
            name TEXT NOT NULL, created INTEGER NOT NULL, last_event INTEGER, last_ingestion INTEGER,
            UNIQUE (log_group, name)
        );
        CREATE INDEX log_stream_last_event ON log_stream (log_group, coalesce(last_event, 0), name);
        CREATE TABLE segment (
            id INTEGER PRIMARY KEY AUTOINCREMENT, log_group INTEGER NOT NULL,
            log_stream INTEGER NOT NULL REFERENCES log_stream (id) ON DELETE CASCADE,
            first_event INTEGER NOT NULL, last_event INTEGER NOT NULL, last_sequence INTEGER NOT NULL, bytes INTEGER NOT NULL, is_open INTEGER NOT NULL DEFAULT 1
        );
        CREATE INDEX segment_stream ON segment (log_stream, first_event);
        CREATE INDEX segment_first ON segment (log_group, first_event, id, last_event);
        CREATE INDEX segment_last ON segment (log_group, last_event, id, first_event);
        CREATE INDEX segment_age ON segment (last_sequence);
        CREATE INDEX segment_open ON segment (log_stream) WHERE is_open;

        CREATE TRIGGER segment_grows AFTER UPDATE OF bytes ON segment BEGIN
            UPDATE log_group SET stored = stored + NEW.bytes - OLD.bytes,
                on_disk = on_disk + (NEW.bytes + 4095) / 4096 * 4096 - (OLD.bytes + 4095) / 4096 * 4096
                WHERE id = NEW.log_group;
        END;
        CREATE TRIGGER segment_goes AFTER DELETE ON segment BEGIN
            UPDATE log_group SET stored = stored - OLD.bytes, on_disk = on_disk - (OLD.bytes + 4095) / 4096 * 4096 WHERE id = OLD.log_group;
        END;
        """
}
