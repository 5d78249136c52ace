import QuipuCanonicalJSON
import QuipuPostgreSQL
import Support
import Testing

/// Two servers over one database that survives a loss of power, and two people, each with a server of their own.
final class SharedOffice {
    let database: PostgresServer
    let url: String
    let place: TemporaryFolder
    var servers: [ServedDatabase] = []
    let people: [Machine]

    init() throws {
        database = try PostgresServer(isDurable: true)
        url = try database.newDatabase()
        place = try TemporaryFolder()
        people = try ["ana", "ben"].map { [place] in try Machine($0, in: place) }
        for index in 0...1 { servers.append(try ServedDatabase(url, cache: place.path(of: "cache\(index)"))) }
        try people[0].quipu("init", "--name", "press")
        _ = try people[0].add(title: "The bridge opens")
        try connect(people[0], to: 0)
        try people[0].sync()
        try people[1].quipu("clone", servers[1].url + "/press", ".")
    }

    func connect(_ person: Machine, to server: Int) throws {
        _ = try person.run(["remote", "remove", "origin"])
        try person.quipu("remote", "add", "origin", servers[server].url + "/press")
    }

    /// Runs `body` while one of the servers waits in the middle of a push by Ana: behind a lock that its `UPDATE`
    /// needs, or in its `COMMIT`.
    /// - Returns: the push, which goes on.
    func duringPush(waitingAt moment: Moment, _ body: () throws -> Void) throws -> ChildProgram {
        let holder = try Connection(DatabaseAddress(url))
        switch moment {
        case .update: break
        case .commit:
            try holder.execute(
                """
                CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER pause AFTER INSERT ON quipu.log DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION pause()
                """)
        }
        try holder.run("BEGIN")
        switch moment {
        case .update: try holder.run("SELECT name FROM quipu.archive FOR UPDATE")
        case .commit: try holder.run("SELECT pg_advisory_xact_lock(1)::text")
        }
        var push = try people[0].start("sync", "--json")
        for _ in 0..<20 where try !waits(push, behind: holder) {
            // It found the server busy, on a machine where much else goes on; nothing is lost, and it tries again.
            let outcome = try QuipuProcess.finish(push)
            #expect(outcome.exitCode == 4, "\(outcome)")
            push = try people[0].start("sync", "--json")
        }
        #expect(!push.hasEnded)
        try body()
        _ = try? holder.run("COMMIT")
        return push
    }

    /// Returns when somebody waits for a lock, or the push has ended; false then.
    private func waits(_ push: ChildProgram, behind holder: Connection) throws -> Bool {
        while try holder.run("SELECT count(*) FROM pg_locks, pg_sleep(0.01) WHERE NOT granted").integer(0, 0)
            == 0
        {
            if push.hasEnded { return false }
        }
        return true
    }

    enum Moment: CaseIterable { case update, commit }

    /// Syncs until it is done; the servers and the database are all there again.
    func syncUntilDone(_ person: Machine, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for _ in 0..<20 {
            let outcome = try person.run(["sync", "--json"])
            if outcome.exitCode == 0 {
                #expect(outcome.json["inSync"]?.bool == true, sourceLocation: sourceLocation)
                return
            }
            // Unreachable: nothing is lost, try later.
            #expect(outcome.exitCode == 4, "\(outcome)", sourceLocation: sourceLocation)
        }
        Issue.record("twenty attempts were not enough", sourceLocation: sourceLocation)
    }

    /// Everybody has all, and the log has each transaction once.
    func expectWhole(articles: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for person in [people[0], people[1], people[0]] {
            try syncUntilDone(person, sourceLocation: sourceLocation)
        }
        try expectSame(people[0], people[1], sourceLocation: sourceLocation)
        #expect(try people[1].articleCount == articles, sourceLocation: sourceLocation)
        let counts = try database.run(
            "SELECT position, (SELECT count(*) FROM quipu.log), (SELECT max(position) FROM quipu.log) FROM quipu.archive",
            at: url
        ).split(separator: "|")
        #expect(Set(counts).count == 1, "\(counts)", sourceLocation: sourceLocation)
    }
}
