import Foundation
import Synchronization

/// A PostgreSQL server of the tests' own: its data and its socket are in a temporary folder, and nobody reaches it
/// over a network. It ends with its last reference, and with the test process, however that ends.
///
/// A shell stands over it and waits at a pipe that only this process holds open. When that closes the shell stops the
/// server and removes the folder.
public final class PostgresServer: Sendable {
    /// One that all tests share, each with a database of its own. It does not survive a loss of power.
    public static let shared = Result { try PostgresServer(isDurable: false) }

    public let folder: String
    private let programs: String
    private let life: FileHandle
    private let guardian: Guardian
    private let count = Atomic(0)

    /// `@unchecked Sendable`: used when the server starts and when it ends, and not in between.
    private final class Guardian: @unchecked Sendable {
        let program: ChildProgram
        init(_ program: ChildProgram) { self.program = program }
    }

    /// - Parameter isDurable: what it has committed survives a loss of power.
    /// - Throws: when PostgreSQL is not installed, or does not start.
    public init(isDurable: Bool) throws {
        programs = try Self.findPrograms()
        folder = FileManager.default.temporaryDirectory.path + "/quipu-pg-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        guard mkfifo(folder + "/life", 0o600) == 0 else { throw Failure(description: "no pipe in \(folder)") }
        let variables = [
            "FOLDER": folder, "PROGRAMS": programs, "FSYNC": isDurable ? "on" : "off",
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
        ]
        let program = try ChildProgram(
            ["sh", "-c", Self.script], in: folder, environment: variables, limitMilliseconds: 3_600_000)
        guardian = Guardian(program)
        // Both ends at once, so that opening does not wait for the other side.
        let descriptor = open(folder + "/life", O_RDWR | O_CLOEXEC)
        life = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard try program.readLine() == "ready" else {
            let log = try? String(contentsOfFile: folder + "/log", encoding: .utf8)
            try? life.close()
            throw Failure(description: "PostgreSQL did not start: \(try program.finish().output)\(log ?? "")")
        }
    }

    deinit {
        try? life.close()
        _ = try? guardian.program.finish()
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The address of a database.
    /// - Parameter user: one that needs no password, unless it is `guarded`, whose password is `open sesame`.
    public func url(of database: String, user: String = "quipu", password: String? = nil) -> String {
        "postgres://\(user)\(password.map { ":" + $0 } ?? "")@/\(database)?host=\(folder)"
    }

    /// The address of a new and empty database.
    public func newDatabase() throws -> String {
        let name = "test\(count.add(1, ordering: .relaxed).newValue)"
        try run("CREATE DATABASE \(name)", in: "postgres")
        return url(of: name)
    }

    /// Runs a statement as the owner of the server would at a terminal.
    /// - Returns: rows by lines, columns separated by `|`.
    @discardableResult
    public func run(_ sql: String, in database: String) throws -> String {
        try run(sql, at: url(of: database))
    }

    @discardableResult
    public func run(_ sql: String, at url: String) throws -> String {
        let ending = try ChildProgram(
            [programs + "/psql", "--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql, url], in: folder,
            environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        ).finish()
        guard ending.exitCode == 0 else { throw Failure(description: "\(sql): \(ending.errors)") }
        return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Ends it as a crash would: without a word, and with all that was under way.
    public func crash() throws { try control("stop", "-m", "immediate") }

    /// Starts it again; returns once it answers.
    public func start() throws { try control("start") }

    private func control(_ words: String...) throws {
        let ending = try ChildProgram(
            ["sh", "-c", Self.control + #" control "$@""#, "sh"] + words, in: folder,
            environment: [
                "FOLDER": folder, "PROGRAMS": programs, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            ]
        ).finish()
        guard ending.exitCode == 0 else {
            throw Failure(description: "pg_ctl \(words): \(ending.output)\(ending.errors)")
        }
    }

    /// Debian keeps them apart by version, and not on `PATH`.
    private static func findPrograms() throws -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let candidates =
            versions.compactMap { Int($0) }.sorted().reversed().map { "/usr/lib/postgresql/\($0)/bin" }
            + ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"]
        for candidate in candidates where FileManager.default.isExecutableFile(atPath: candidate + "/initdb")
        {
            return candidate
        }
        throw Failure(description: "PostgreSQL is not installed; run: Tools/setup")
    }

    /// It refuses to run as root.
    private static let control = """
        as() {
            if [ "$(id -u)" -ne 0 ]; then "$@"; return; fi
            user=$(id -un postgres 2>/dev/null || echo nobody)
            chown "$user" "$FOLDER"
            setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
        }
        # What the shell holds open, the server must not: others wait for its end.
        control() { as "$PROGRAMS/pg_ctl" -s -w -D "$FOLDER/data" -l "$FOLDER/log" "$@" </dev/null 3>&- 4>&- 5>&-; }

        """

    private static let script =
        control + """
            exec 2>&1
            trap '' INT TERM HUP
            as "$PROGRAMS/initdb" -D "$FOLDER/data" -U quipu --auth=trust --no-sync --locale=C -E UTF8 >"$FOLDER/initdb" &&
            cat >>"$FOLDER/data/postgresql.conf" <<CONF &&
            listen_addresses = ''
            unix_socket_directories = '$FOLDER'
            fsync = $FSYNC
            max_connections = 60
            shared_buffers = 16MB
            autovacuum = off
            CONF
            { echo 'local all guarded scram-sha-256'; cat "$FOLDER/data/pg_hba.conf"; } >"$FOLDER/hba" &&
            cat "$FOLDER/hba" >"$FOLDER/data/pg_hba.conf" &&
            control start &&
            "$PROGRAMS/psql" -q -h "$FOLDER" -U quipu postgres -c "CREATE ROLE guarded LOGIN PASSWORD 'open sesame'" &&
            echo ready && read nothing <"$FOLDER/life"
            control -m immediate stop
            rm -rf "$FOLDER"
            """
}
