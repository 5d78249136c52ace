/// The definitions in this folder that run, as this build carries them.
public enum Definitions {
    /// `store.sql`: the archive's database.
    public static var store: String { String(decoding: PackageResources.store_sql, as: UTF8.self) }

    /// `local.sql`: the database of what is this machine's alone.
    public static var local: String { String(decoding: PackageResources.local_sql, as: UTF8.self) }

    /// `access.sql`: the database of a server's tokens.
    public static var access: String { String(decoding: PackageResources.access_sql, as: UTF8.self) }

    /// `postgres.sql`: what server processes on several machines share.
    public static var postgres: String { String(decoding: PackageResources.postgres_sql, as: UTF8.self) }

    /// `kinds.json`: kinds of records, their fields and types.
    public static var kinds: [UInt8] { PackageResources.kinds_json }
}
