import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Servers that share a database, as those see them who start, kill and use them.
    struct SharedDatabaseTests {
        @Test func `two servers on one database serve the same archive`() throws {
            let office = try SharedOffice()
            for round in 0..<2 {
                for (index, person) in office.people.enumerated() {
                    try office.connect(person, to: (round + index) % 2)
                    _ = try person.add(title: "Round \(round) of \(person.author)")
                    try person.sync()
                }
            }
            try office.expectWhole(articles: 5)
            for server in office.servers {
                let ending = try server.stop()
                #expect(ending.exitCode == 0 && !ending.errors.contains("database"), "\(ending.errors)")
            }
        }

        @Test(arguments: SharedOffice.Moment.allCases)
        func `a crash of PostgreSQL during a push loses nothing that was acknowledged`(
            moment: SharedOffice.Moment
        )
            throws
        {
            let office = try SharedOffice()
            _ = try office.people[0].add(title: "Fog in the harbour")
            let push = try office.duringPush(waitingAt: moment) { try office.database.crash() }
            let outcome = try QuipuProcess.finish(push)
            #expect(outcome.exitCode == 4, "\(outcome)")
            try office.database.start()
            _ = try? office.database.run("DROP FUNCTION pause CASCADE", at: office.url)
            try office.expectWhole(articles: 2)
        }

        @Test(arguments: SharedOffice.Moment.allCases)
        func `a server killed during a push loses nothing, and the other server continues`(
            moment: SharedOffice.Moment
        )
            throws
        {
            let office = try SharedOffice()
            _ = try office.people[0].add(title: "Fog in the harbour")
            let push = try office.duringPush(waitingAt: moment) {
                office.servers[0].program.kill()
                _ = try office.servers[0].program.finish()
            }
            #expect(try QuipuProcess.finish(push).exitCode == 4)
            _ = try? office.database.run("DROP FUNCTION pause CASCADE", at: office.url)
            try office.connect(office.people[0], to: 1)
            try office.expectWhole(articles: 2)
            office.servers[0] = try ServedDatabase(office.url, cache: office.place.path(of: "cache0"))
            try office.connect(office.people[0], to: 0)
            try office.expectWhole(articles: 2)
        }

        @Test(arguments: [true, false])
        func
            `what reaches one server is seen by who watches at the other, also where no notification arrives`(
                isNotified: Bool
            ) throws
        {
            let office = try SharedOffice()
            if !isNotified {
                let name = try office.database.run("SELECT current_database()", at: office.url)
                try office.database.run(
                    """
                    CREATE SCHEMA mute;
                    CREATE FUNCTION mute.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT'
                    """, at: office.url)
                try office.database.run(
                    "ALTER DATABASE \(name) SET search_path = mute, pg_catalog", in: "postgres")
                for index in 0...1 {
                    try office.servers[index].stop()
                    office.servers[index] = try ServedDatabase(office.url)
                    try office.connect(office.people[index], to: index)
                }
            }
            let ben = try Watching(office.people[1])
            try ben.waitUntilInSync()
            for title in ["Fog in the harbour", "Market moves"] {
                _ = try office.people[0].add(title: title)
                try office.people[0].sync()
                try ben.waitForReceived(1)
            }
            try ben.stop()
            try expectSame(office.people[0], office.people[1])
        }

        @Test func `a clone by snapshot from a server with a database is an ordinary mirror`() throws {
            let office = try SharedOffice()
            var random = SplitMix64(seed: 3)
            let text = GeneratedArticles.lines(150, words: 4_500, named: "flood", &random)
            try office.people[0].quipu("import", try office.place.write(text, to: "flood.jsonl"))
            try office.people[0].sync()
            let caro = try Machine("caro", in: office.place)
            try caro.quipu("clone", office.servers[1].url + "/press", ".")
            try expectSame(office.people[0], caro)
            let made = try FileManager.default.subpathsOfDirectory(atPath: office.place.path(of: "cache1"))
            #expect(made.contains { $0.contains("/snapshots/") })
        }

        @Test func `a token in the database opens every server until it is revoked`() throws {
            let office = try SharedOffice()
            let (ana, ben) = (office.people[0], office.people[1])
            #expect(try ana.run(["token", "list", "--database", office.url, "--json"]).lines.isEmpty)
            let made = try ana.json(
                "token", "add", "--database", office.url, "--archive", "press", "--role", "writer")
            for person in [ana, ben] {
                #expect(try person.refusal("sync").error == "unauthorized")
                let typed = try office.place.write((made["token"]?.string ?? "") + "\n", to: "typed.txt")
                try person.quipu("remote", "login", input: typed)
                _ = try person.add(title: "Fog in the harbour")
                try person.sync()
            }
            try ana.quipu("token", "revoke", made["id"]?.string ?? "", "--database", office.url)
            for person in [ana, ben] { #expect(try person.refusal("sync").error == "unauthorized") }
        }

        @Test func `a server with a wrong database option reports it before it serves`() throws {
            let place = try TemporaryFolder()
            let machine = try Machine("ana", in: place)
            let secret = try machine.refusal(
                "serve", "--database", "postgres://a:secret@127.0.0.1/x", exit: 2)
            #expect(!"\(secret)".contains("secret@") && secret.hint.contains("QUIPU_DATABASE"))
            try machine.refusal("serve", "--database", "postgres://", "--root", ".", exit: 2)
            try machine.refusal("serve", "--root", ".", "--cache", "c", exit: 2)
            #expect(try machine.refusal("serve", "--database", "mysql://x").error == "bad-database")
            let port = try UnusedPort()
            let away = "postgres://a@127.0.0.1:\(port.port)/x"
            #expect(try machine.refusal("serve", "--database", away).error == "database-unreachable")
        }

        @Test func `the database address may come from the environment`() throws {
            let server = try PostgresServer.shared.get()
            let program = try QuipuProcess.start(
                ["serve", "--listen", "127.0.0.1:0"], in: "/",
                environment: ["QUIPU_DATABASE": try server.newDatabase(), "TMPDIR": server.folder])
            #expect(try program.readLine()?.hasPrefix("http://127.0.0.1:") == true)
            program.terminate()
            #expect(try program.finish().exitCode == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: server.folder)
            #expect(!left.contains { $0.hasPrefix("quipu-cache") })
        }
    }
}
