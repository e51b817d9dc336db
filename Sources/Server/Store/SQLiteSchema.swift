import GRDB

/// The numbered migrations of the SQLite store. Append only: a migration that was ever released is never edited.
enum SQLiteSchema {
  static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("0001 farm") { db in
      // Documents have a table of their own: a job's state changes often, its document, which may be long, never.
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
    migrator.registerMigration("0002 whole model") { db in
      try db.execute(
        sql: """
          -- Tasks of listed blocks, some thousand in a row, as `TaskList.encoded` gives them: a job's document, which changes with
          -- its parameters, holds none of them.
          CREATE TABLE job_task (
            job INTEGER NOT NULL, block INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, tasks BLOB NOT NULL,
            PRIMARY KEY (job, block, first)) STRICT;
          ALTER TABLE run ADD COLUMN coefficient INTEGER NOT NULL DEFAULT 1;
          ALTER TABLE run ADD COLUMN host_number INTEGER NOT NULL DEFAULT 0;
          -- Parameters of nodes are JSON objects with Afanasy's keys: a new key needs no migration.
          ALTER TABLE render ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}';
          ALTER TABLE render ADD COLUMN failed_users TEXT NOT NULL DEFAULT '[]';
          ALTER TABLE user ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}';
          ALTER TABLE user ADD COLUMN used REAL NOT NULL DEFAULT 0;
          ALTER TABLE user ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
          UPDATE render SET parameters = '{"priority":' || priority || '}' WHERE priority BETWEEN 0 AND 255;
          UPDATE user SET parameters = '{"errors_retries":' || errors_retries || '}' WHERE errors_retries BETWEEN 0 AND 255;
          CREATE TABLE pool (path TEXT PRIMARY KEY, parameters TEXT NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TABLE branch (
            path TEXT PRIMARY KEY, parameters TEXT NOT NULL, created INTEGER NOT NULL, used REAL NOT NULL, used_at INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;
          -- task -1: of the block.
          CREATE TABLE error_host (
            job INTEGER NOT NULL, block INTEGER NOT NULL, task INTEGER NOT NULL, render INTEGER NOT NULL,
            count INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (job, block, task, render)) STRICT, WITHOUT ROWID;
          -- gone: its object was removed.
          CREATE TABLE journal (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, subject TEXT NOT NULL, type TEXT NOT NULL, object TEXT NOT NULL,
            info TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0) STRICT;
          CREATE INDEX journal_object ON journal (object, number);
          CREATE INDEX journal_gone ON journal (number) WHERE gone = 1;
          """)
      try SQLiteTaskRows(db).takeFromDocuments()
    }
    migrator.registerMigration("0003 system job") { db in
      try db.execute(
        sql: """
          -- task NULL: it waits to become one.
          CREATE TABLE system_command (
            number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL, working_directory TEXT NOT NULL,
            user TEXT NOT NULL, job_name TEXT NOT NULL, task_name TEXT NOT NULL, created INTEGER NOT NULL, job INTEGER,
            render INTEGER, task INTEGER) STRICT;
          CREATE TABLE event (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, name TEXT NOT NULL, object TEXT NOT NULL, user TEXT NOT NULL,
            info TEXT NOT NULL, sent INTEGER NOT NULL) STRICT;
          ALTER TABLE job ADD COLUMN pre_commands INTEGER NOT NULL DEFAULT 0;
          -- The machine, as it was last seen: interfaces a JSON list, resources a JSON object.
          ALTER TABLE render ADD COLUMN os TEXT NOT NULL DEFAULT '';
          ALTER TABLE render ADD COLUMN interfaces TEXT NOT NULL DEFAULT '[]';
          ALTER TABLE render ADD COLUMN resources TEXT NOT NULL DEFAULT '{}';
          ALTER TABLE render ADD COLUMN wol_since INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE render ADD COLUMN wakes INTEGER NOT NULL DEFAULT 0;
          """)
    }
    migrator.registerMigration("0004 set aside") { db in
      try db.execute(
        sql: """
          -- Jobs that cannot be read: their rows stay where they are, and nobody looks at them.
          CREATE TABLE set_aside_job (id INTEGER PRIMARY KEY) STRICT;
          -- What could not be read, when that was found, and as far as it is a row, its values.
          CREATE TABLE set_aside (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
            content TEXT NOT NULL) STRICT;
          """)
    }
    migrator.registerMigration("0005 holds") { db in
      try db.execute(
        sql: """
          -- What a run holds, as a JSON object; NULL: what its block says.
          ALTER TABLE run ADD COLUMN hold TEXT;
          """)
    }
    migrator.registerMigration("0006 undo") { db in
      try db.execute(
        sql: """
          -- Orders that can be undone. parts: what each did, as a JSON list; jobs that one deleted are hidden as long as it is here.
          CREATE TABLE undo (
            number INTEGER PRIMARY KEY, user TEXT NOT NULL, host TEXT NOT NULL, time INTEGER NOT NULL, until INTEGER NOT NULL,
            text TEXT NOT NULL, parts TEXT NOT NULL) STRICT;
          """)
    }
    return migrator
  }
}
