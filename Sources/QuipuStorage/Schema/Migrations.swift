internal import QuipuEmbeddedSchema
internal import QuipuSQLite

/// How a database made by an earlier version is brought to the present form: numbered steps, each a frozen script in
/// `Schema/`, from the form before it. `Schema/store.sql` and `Schema/local.sql` are always the form after the last.
struct Migrations: Sendable {
    struct Step: Sendable {
        var script: String
        /// What the script cannot do, in the same transaction, after it.
        var then: (@Sendable (Connection) throws -> Void)?
    }

    /// The first step leads from form 1 to form 2, and so on.
    let steps: [Step]

    /// Form 1 is the first that was shipped.
    static let local = Migrations(steps: [
        Step(script: Definitions.localStep2), Step(script: Definitions.localStep3),
        Step(script: Definitions.localStep4), Step(script: Definitions.localStep5),
    ])

    /// The form after the last step.
    var latestForm: Int { 1 + steps.count }

    /// Takes all the steps that are missing, in one transaction: a database is in one form or the other.
    func bringUpToDate(_ database: Connection) throws {
        try database.execute("PRAGMA legacy_alter_table = ON; PRAGMA foreign_keys = OFF")
        defer { try? database.execute("PRAGMA legacy_alter_table = OFF") }
        try database.transaction(.immediate) {
            // Read under the lock: another process may have been quicker.
            var form = Int(try database.integer("PRAGMA user_version") ?? 0)
            while form < latestForm {
                let step = steps[form - 1]
                try database.execute(step.script)
                try step.then?(database)
                form += 1
                try database.execute("PRAGMA user_version = \(form)")
            }
        }
    }

    /// Likewise, of a database that the caller has open to read only.
    func bringUpToDate(at path: String) throws {
        try bringUpToDate(try Connection(path: path, options: .init(mode: .readWrite)))
    }
}
