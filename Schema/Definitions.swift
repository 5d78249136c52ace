/// The definitions in this folder that run, as this build carries them.
public enum Definitions {
    /// `store.sql`: the archive's database.
    public static var store: String { String(decoding: PackageResources.store_sql, as: UTF8.self) }

    /// `local.sql`: the database of what is this machine's alone.
    public static var local: String { String(decoding: PackageResources.local_sql, as: UTF8.self) }

    /// Form 1 of the archive's database, and the steps from it to the forms after it.
    public static var storeForm1: String {
        String(decoding: PackageResources.store_form_1_sql, as: UTF8.self)
    }
    public static var storeStep2: String { String(decoding: PackageResources.store_2_sql, as: UTF8.self) }
    public static var storeStep3: String { String(decoding: PackageResources.store_3_sql, as: UTF8.self) }
    public static var storeStep4: String { String(decoding: PackageResources.store_4_sql, as: UTF8.self) }
    public static var storeStep5: String { String(decoding: PackageResources.store_5_sql, as: UTF8.self) }

    /// Form 1 of the database of what is this machine's alone, and the steps from it to the forms after it.
    public static var localForm1: String {
        String(decoding: PackageResources.local_form_1_sql, as: UTF8.self)
    }
    public static var localStep2: String { String(decoding: PackageResources.local_2_sql, as: UTF8.self) }
    public static var localStep3: String { String(decoding: PackageResources.local_3_sql, as: UTF8.self) }
    public static var localStep4: String { String(decoding: PackageResources.local_4_sql, as: UTF8.self) }
    public static var localStep5: String { String(decoding: PackageResources.local_5_sql, as: UTF8.self) }

    /// `index.sql`: what queries ask of records beside their words.
    public static var index: String { String(decoding: PackageResources.index_sql, as: UTF8.self) }

    /// `access.sql`: the database of a server's tokens.
    public static var access: String { String(decoding: PackageResources.access_sql, as: UTF8.self) }

    /// `postgres.sql`: what server processes on several machines share.
    public static var postgres: String { String(decoding: PackageResources.postgres_sql, as: UTF8.self) }

    /// `kinds.json`: kinds of records, their fields and types.
    public static var kinds: [UInt8] { PackageResources.kinds_json }
}
