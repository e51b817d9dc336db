import GRDB

/// The numbered migrations of the SQLite store. Append only: a migration that was ever released is never edited.
enum SQLiteSchema {
  static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("0001 farm") { db in
      // Documents have a table of their own: a job's state changes often, its document (up to 15 MiB) never.
      try db.execute(
        sql: """
          CREATE TABLE job (
            id INTEGER PRIMARY KEY, priority INTEGER NOT NULL, offline INTEGER NOT NULL,
            created INTEGER NOT NULL, started INTEGER NOT NULL, done INTEGER NOT NULL) STRICT;
          CREATE TABLE job_document (id INTEGER PRIMARY KEY, document BLOB NOT NULL) STRICT;
          CREATE TABLE task (
            job INTEGER NOT NULL, block INTEGER NOT NULL, task INTEGER NOT NULL,
            phase INTEGER NOT NULL, flags INTEGER NOT NULL, starts INTEGER NOT NULL, errors INTEGER NOT NULL,
            render INTEGER, started INTEGER NOT NULL, finished INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (job, block, task)) STRICT, WITHOUT ROWID;
          CREATE TABLE run (
            lease INTEGER PRIMARY KEY, job INTEGER NOT NULL, block INTEGER NOT NULL, task INTEGER NOT NULL,
            render INTEGER NOT NULL, started INTEGER NOT NULL) STRICT;
          CREATE TABLE render (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, agent TEXT NOT NULL, user TEXT NOT NULL, capacity INTEGER NOT NULL,
            max_tasks INTEGER NOT NULL, priority INTEGER NOT NULL, state INTEGER NOT NULL, registered INTEGER NOT NULL) STRICT;
          CREATE TABLE user (name TEXT PRIMARY KEY, errors_retries INTEGER NOT NULL, registered INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          -- Jobs that are deleted while rows of their tasks still wait to be removed.
          CREATE TABLE deleted_job (id INTEGER PRIMARY KEY) STRICT;
          """)
    }
    return migrator
  }
}
