import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A database that runs and does not do what it is asked: it is told in its own words, and nothing is lost.
    struct RefusingDatabaseTests {
        private let place: TemporaryFolder
        private let postgres: PostgresServer
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            postgres = try PostgresServer(isDurable: false)
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
        }

        private func serve(_ url: String) throws -> ServedDatabase {
            let server = try ServedDatabase(url)
            try ana.quipu("remote", "add", "origin", server.url + "/press")
            try ana.quipu("sync")
            return server
        }

        @Test(arguments: [
            ("ALTER ROLE clerk SET default_transaction_read_only = on", "read-only transaction"),
            ("REVOKE INSERT, UPDATE ON ALL TABLES IN SCHEMA quipu FROM clerk", "permission denied"),
            ("ALTER ROLE clerk NOLOGIN", "not permitted to log in"),
            ("ALTER ROLE clerk CONNECTION LIMIT 0", "too many connections"),
        ])
        func `a refused push reports the database's message with exit code 4 and succeeds later`(
            sql: String, words: String
        )
            throws
        {
            _ = try postgres.newDatabase()
            try postgres.run("CREATE ROLE clerk LOGIN; GRANT CREATE ON DATABASE test1 TO clerk", in: "test1")
            let server = try serve(postgres.url(of: "test1", user: "clerk"))
            _ = try ana.add(title: "The bridge closes")
            // Its owner may grant itself anything; the tables are another's.
            try postgres.run(
                """
                REASSIGN OWNED BY clerk TO quipu;
                GRANT USAGE ON SCHEMA quipu TO clerk;
                GRANT ALL ON ALL TABLES IN SCHEMA quipu TO clerk;
                """, in: "test1")
            try postgres.run(sql, in: "test1")
            // For connections that are open already the settings of a role are what they were.
            try postgres.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'", in: "test1")
            let refused = try ana.run(["sync", "--json"])
            #expect(refused.exitCode == 4, "\(refused)")
            #expect(refused.error["message"]?.string?.contains(words) == true, "\(refused)")
            #expect(refused.error["hint"]?.string?.contains("nothing is lost") == true, "\(refused)")
            try postgres.run(
                """
                ALTER ROLE clerk LOGIN CONNECTION LIMIT -1;
                ALTER ROLE clerk RESET ALL;
                GRANT ALL ON ALL TABLES IN SCHEMA quipu TO clerk;
                """, in: "test1")
            try postgres.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'", in: "test1")
            try ana.quipu("sync")
            try ana.quipu("verify", "origin")
            _ = server
        }

        @Test func `a statement that exceeds its timeout is reported as such`() throws {
            _ = try postgres.newDatabase()
            try postgres.run("CREATE ROLE clerk LOGIN; GRANT CREATE ON DATABASE test1 TO clerk", in: "test1")
            let server = try serve(postgres.url(of: "test1", user: "clerk"))
            _ = try ana.add(title: "The bridge closes")
            try postgres.run(
                """
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON quipu.log FOR EACH ROW EXECUTE FUNCTION slow();
                ALTER ROLE clerk SET statement_timeout = '200ms';
                """, in: "test1")
            try postgres.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'", in: "test1")
            let refused = try ana.run(["sync", "--json"])
            #expect(refused.exitCode == 4, "\(refused)")
            #expect(refused.error["message"]?.string?.contains("statement timeout") == true, "\(refused)")
            try postgres.run("DROP TRIGGER slow ON quipu.log", in: "test1")
            try ana.quipu("sync")
            _ = server
        }

        @Test func `a read-only database is refused before anything is served`() throws {
            let url = try postgres.newDatabase()
            try postgres.run("ALTER ROLE quipu SET default_transaction_read_only = on", in: "test1")
            for words in [["serve", "--listen", "127.0.0.1:0"], ["token", "list"]] {
                let refused = try ana.run(words + ["--database", url, "--json"])
                #expect(refused.exitCode == 4, "\(refused)")
                #expect(refused.error["error"]?.string == "database-refused", "\(refused)")
                #expect(
                    refused.error["message"]?.string?.contains("read-only transaction") == true, "\(refused)")
            }
        }

        /// What a pooler says that gives each statement to any connection (pgbouncer, `pool_mode = statement`).
        @Test(
            .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/pgbouncer")),
            arguments: [
                "statement", "transaction", "session",
            ])
        func `a pooler in statement mode is refused with the pool mode that is needed`(mode: String) throws {
            _ = try postgres.newDatabase()
            // Let go of again: the pooler takes it.
            let port = try UnusedPort().port
            let folder = postgres.folder
            try """
            [databases]
            test1 = host=\(folder) dbname=test1
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = any
            pool_mode = \(mode)
            ignore_startup_parameters = extra_float_digits
            """.replacing("dbname=test1", with: "dbname=test1 user=quipu").write(
                toFile: folder + "/pgbouncer.ini", atomically: true, encoding: .utf8)
            #expect(chmod(folder + "/pgbouncer.ini", 0o644) == 0)
            let pooler = try ChildProgram(
                ["/usr/sbin/pgbouncer", "-u", "postgres", folder + "/pgbouncer.ini"], in: "/",
                environment: QuipuProcess.environment(), limitMilliseconds: 600_000)
            defer {
                pooler.terminate()
                _ = try? pooler.finish()
            }
            let url = "postgres://quipu@127.0.0.1:\(port)/test1"
            if mode != "statement" {
                let server = try serve(url)
                _ = server
                return
            }
            var refused = try ana.run(["serve", "--database", url, "--listen", "127.0.0.1:0", "--json"])
            while refused.errors.contains("Connection refused") {
                refused = try ana.run(["serve", "--database", url, "--listen", "127.0.0.1:0", "--json"])
            }
            #expect(refused.exitCode == 4, "\(refused)")
            #expect(refused.error["hint"]?.string?.contains("pool_mode = session") == true, "\(refused)")
        }
    }
}
