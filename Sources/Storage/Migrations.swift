internal import SQLite

/// How an archive made by an earlier version is brought to the present form: numbered steps, each a frozen
/// script in `Schema/`, from the form before it. `Schema/store.sql` is always the form after the last.
struct Migrations {
    /// The first script leads from form 1 to form 2, and so on.
    let scripts: [String]

    /// Form 1 is the first that was shipped.
    static let shipped = Migrations(scripts: [])

    /// The form after the last step.
    var latestForm: Int { 1 + scripts.count }

    /// Takes all the steps that are missing, in one transaction: an archive is in one form or the other.
    func bringUpToDate(_ database: Connection) throws {
        try database.transaction(.immediate) {
            // Read under the lock: another process may have been quicker.
            var form = Int(try database.integer("PRAGMA user_version") ?? 0)
            while form < latestForm {
                try database.execute(scripts[form - 1])
                form += 1
                try database.execute("PRAGMA user_version = \(form)")
            }
        }
    }
}
