import GRDB

/// What the server must remember beside telemetry: `control.sqlite` in the data folder.
///
/// SQLite's own locking makes it safe for the running server and a terminal command at the same time.
package struct ControlDatabase: Sendable {
  let queue: DatabaseQueue

  /// Opens or creates the database and brings its schema up to date.
  ///
  /// - Throws: GRDB's errors.
  package init(path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    queue = try DatabaseQueue(path: path, configuration: configuration)
    try ControlDatabase.migrator.migrate(queue)
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("tokens") { database in
      try database.create(table: "token") { table in
        table.primaryKey("id", .text)
        table.column("name", .text).notNull()
        table.column("scope", .text).notNull()
        table.column("hash", .text).notNull()
        table.column("createdAt", .integer).notNull()
        table.column("lastUsedAt", .integer)
        table.column("revokedAt", .integer)
      }
    }
    return migrator
  }
}
