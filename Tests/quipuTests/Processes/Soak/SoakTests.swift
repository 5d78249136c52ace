import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Ana, Ben and a server, each in processes of their own, for a while under all of it together: edits of the same
    /// records, imports, syncs over bad links, kills of any of the three at any moment, restarts. Then, over a good
    /// link, all that was acknowledged is everywhere, and all three are the same.
    ///
    /// In CI each of the two does 60 things. Set in the environment, `QUIPU_SOAK_SECONDS` makes them go on for so long,
    /// and `QUIPU_SEED` chooses other things, as in
    ///
    ///     QUIPU_SOAK_SECONDS=600 QUIPU_SEED=7 Tools/test --filter SoakTests
    struct SoakTests {
        private static let seconds = Processes.number("QUIPU_SOAK_SECONDS")
        private static let thingsToDo = 60
        /// A peer that does not answer is given up soon, so that the rest goes on.
        static let variables = ["QUIPU_TIMEOUT": "2"]

        @Test
        func `two people and a server keep every acknowledged edit through all faults`() throws {
            let place = try TemporaryFolder()
            let office = try UnrulyOffice(place.path(of: "office"))
            let ana = try Machine("ana", in: place, variables: Self.variables)
            let ben = try Machine("ben", in: place, variables: Self.variables)
            try ana.quipu("init", "--name", "press")
            let ids = try (0..<6).map { try ana.add(title: "Article \($0)") }
            try ana.sync(office.url)
            try ben.quipu("clone", office.url, ".")

            let people = try [ana, ben].enumerated().map { index, machine in
                try UnrulyPerson(
                    machine, editing: ids, office: office, in: place,
                    seed: Processes.seed &+ 100 &+ UInt64(index))
            }
            // With a moment for each: the time only bounds how much is done.
            let end = Self.seconds.map { ContinuousClock.now + .seconds($0) }
            let haveFinished = try people.map { person in
                let hasFinished = try Signal()
                Thread.detachNewThread {
                    person.live { count in end.map { ContinuousClock.now < $0 } ?? (count < Self.thingsToDo) }
                    hasFinished.give()
                }
                return hasFinished
            }
            var random = SplitMix64(seed: Processes.seed &+ 102)
            for hasFinished in haveFinished {
                while try office.lives(until: hasFinished, &random) {}
            }

            let findings = Findings()
            for person in people { findings.add(person.findings) }
            findings.add(office.findings)
            try Self.settle(ana, ben, office, findings)
            for person in people {
                for machine in [ana, ben, office.machine] {
                    findings.add(try person.ledger.lost(at: machine), "lost at \(machine.author)'s")
                }
            }
            for machine in [ana, ben] {
                findings.add(try office.ledger.lost(at: machine), "confirmed and lost at \(machine.author)'s")
            }
            for person in people { print(person) }
            print(office)
            #expect(
                findings.all.isEmpty,
                """
                seed \(Processes.seed); acknowledged was, with how many transactions each:
                \(people.map(\.ledger.description).joined(separator: "\n"))
                """)
        }

        /// Over a good link all three become the same, and nothing is damaged.
        private static func settle(
            _ ana: Machine, _ ben: Machine, _ office: UnrulyOffice, _ findings: Findings
        ) throws {
            for machine in [ana, ben, ana, ben] {
                let outcome = try machine.run(["sync", office.url, "--json"])
                if ![0, 3].contains(outcome.exitCode) || outcome.json["inSync"]?.bool != true {
                    findings.add(["\(outcome)"], "not in sync at the end")
                }
            }
            let all = [ana, ben, office.machine]
            for machine in all {
                findings.add(try machine.flaws(), "SQLite finds damage")
                let verified = try machine.run(["verify", "--json"])
                if verified.json["damaged"]?.integer != 0 { findings.add(["\(verified)"], "damage") }
            }
            if Set(try all.map { try $0.digest }).count != 1 { findings.add(["digests"], "not the same") }
            let conflicts = try all.map { try $0.run(["conflicts", "--json"]).output }
            if Set(conflicts).count != 1 { findings.add(conflicts, "not the same conflicts") }
            print(
                "soak: \(conflicts[0].split(separator: "\n").count) conflicts are open at the end, seed \(Processes.seed)"
            )
        }
    }
}
