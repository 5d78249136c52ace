internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuWire
internal import Support

/// Others on the network: authors with a newer version, and liars.
extension World {
    /// A transaction by an author of its own.
    private func transaction(
        _ origin: UInt128, _ sequence: UInt64, record: UInt128, kind: String, _ fields: [(String, Content)]
    ) -> Transaction {
        Transaction(
            name: TransactionName(origin: Origin(rawValue: origin), sequence: sequence),
            stamp: Stamp(milliseconds: clocks.trueMilliseconds), author: "guest", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: record), kind: kind,
                    fields: fields.map { FieldChange(field: $0.0, value: $0.1) })
            ])
    }

    private func text(_ json: String) -> Content { .text(Array(json.utf8)) }

    /// Somebody with a later version sends what this one does not know: it must be kept and relayed as it is.
    func hearNewer(_ machine: Machine, variant: Int, step: Int) throws -> String {
        guard let store = machine.store, machine.isAwayUntil == 0 else { return "nobody there" }
        let origin = 1 << 80 + UInt128(step)
        var forged = try Forged(to: store, clockMilliseconds: clocks.trueMilliseconds)
        forged.header.schemaVersion = 2
        // Members 100 and 101: a text, and a list of a number and a map.
        let unknown: [UInt8] = [0x18, 100, 0x61, 0x61, 0x18, 101, 0x82, 0x01, 0xa1, 0x02, 0xf5]
        switch variant % 4 {
        case 0:
            forged.transactions = [
                transaction(origin, 1, record: 1, kind: "article", [("rating", text("[5,{\"of\":10}]"))])
            ]
        case 1:
            forged.transactions = [
                transaction(origin, 1, record: 900, kind: "recipe", [("steps", text("[\"knot\"]"))])
            ]
        case 2:
            forged.transactions = [
                transaction(origin, 1, record: 2, kind: "article", [("title", text("\"newer \(step)\""))])
            ]
        default:
            forged.transactions = [
                transaction(origin, 1, record: 900, kind: "recipe", [("steps", text("[]"))])
            ]
            forged.transactions[0].records = []
        }
        forged.transactions[0].unknown = unknown
        forged.transactions.append(
            transaction(origin, 2, record: 900, kind: "recipe", [("name", text("\"step \(step)\""))]))
        try note(forged.transactions)
        _ = try deliver(try forged.message(), to: machine, isForeign: true)
        statistics.add("newer peers")
        // Its chain covers all that it says, known or not.
        let end = Forged.chains(of: forged.transactions).last
        guard try store.log.vector()[Origin(rawValue: origin)]?.chain == end || machine.disk.isDown else {
            throw Violation("what a newer version sends is taken as it is", "variant \(variant % 4)")
        }
        return "taken"
    }

    private func note(_ transactions: [Transaction]) throws {
        for (transaction, chain) in zip(transactions, Forged.chains(of: transactions)) {
            ledger.note(
                foreign: transaction, at: ledger.number(of: chain, foundBehind: TransactionSet()))
        }
    }

    /// A liar speaks. Whatever it says, no origin but its own changes, and the machine goes on.
    func hearLiar(_ machine: Machine, variant: Int, salt: Int, step: Int) throws -> String {
        guard let store = machine.store, machine.isAwayUntil == 0 else { return "nobody there" }
        let origin = Origin(rawValue: 1 << 81 + UInt128(step))
        let before = (held: machine.held, vector: try store.log.vector())
        let digest = try store.digest
        statistics.add("lies")
        let kind = Lie.allCases[variant % Lie.allCases.count]
        if kind == .echo { return try callParrot(from: machine, store, salt: salt) }
        let message = try lie(kind, salt: UInt64(salt), origin: origin, step: step, to: store)
        var outcome = "answered"
        do {
            _ = try deliver(message, to: machine, isForeign: true)
        } catch let error as ReplicationError where error.code == .refused || error.code == .otherArchive {
            outcome = error.code.rawValue
        } catch let error as StorageError where error.code == .unsoundText {
            outcome = error.code.rawValue
        }
        if machine.disk.isDown { return outcome }
        let after = try store.log.vector()
        guard before.held.subtracting(machine.held).isEmpty else {
            throw Violation("a liar takes nothing away", "\(kind)")
        }
        guard kind != .unreplaced || after.sequence(of: origin) < 2 else {
            throw Violation("an author leaves no version of their own standing", "\(kind)")
        }
        let touched = after.entries.filter { before.vector[$0.origin] != $0 && $0.origin != origin }
        // Whichever machine calls, a machine that is synchronised by now may note on its own chain that its clock was off.
        let own = try clockState(of: machine).isSynchronized ? store.origin : nil
        guard kind.touchesOthers || touched.allSatisfy({ $0.origin == own }) else {
            throw Violation("a liar touches no origin but its own", "\(kind)")
        }
        guard try after.count > before.vector.count || !touched.isEmpty || store.digest == digest else {
            throw Violation("what is refused leaves no trace", "\(kind)")
        }
        return outcome
    }

    /// A machine syncs with somebody who holds nothing of it. It may be told all but the truth, and must not believe that
    /// both hold the same.
    private func callParrot(from machine: Machine, _ store: Store, salt: Int) throws -> String {
        let parrot = Parrot(Parrot.Manner.allCases[round: salt] ?? .silent, of: store)
        let outcome: String
        do {
            let (report, agreement) = try Synchronizer(store, over: parrot).run(agreement: nil)
            guard !report.inSync, agreement == nil || report.missingTexts > 0 else {
                throw Violation("in sync is said only of who proves it", "\(parrot.manner)")
            }
            outcome = "not believed"
        } catch let error as ReplicationError where error.code == .damaged {
            outcome = error.code.rawValue
        }
        return machine.disk.isDown ? "power lost" : outcome
    }

    private func lie(
        _ lie: Lie, salt: UInt64, origin: Origin, step: Int, to store: Store
    ) throws -> [UInt8] {
        var random = SplitMix64(seed: salt)
        var forged = try Forged(to: store, clockMilliseconds: try store.clock.correctedNow())
        let id = origin.rawValue
        func titled(_ sequence: UInt64, _ json: String) -> Transaction {
            transaction(id, sequence, record: 1, kind: "article", [("title", text(json))])
        }
        let sound = titled(1, "\"lie \(step)\"")
        switch lie {
        case .noise:
            return (0..<Int.random(in: 0...600, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
        case .cutMessage, .turnedBits:
            forged.transactions = [sound]
            try note(forged.transactions)
            forged.ends = [Vector.Entry(origin: origin, sequence: 1, chain: Forged.chains(of: [sound])[0])]
            return damaged(try forged.message(), isCut: lie == .cutMessage, using: &random)
        case .gap: forged.transactions = [titled(5, "1")]
        case .malformedValue:
            let malformed = ["01", "{\"b\":1,\"a\":2}", "\"\\u0041\"", "nul", "", "[1,]", "1 2"]
            forged.transactions = [titled(1, malformed[Int(salt) % malformed.count])]
        case .unknownReference:
            forged.transactions = [sound]
            forged.transactions[0].records[0].fields[0].replaces = [
                TransactionName(origin: Origin(rawValue: 77), sequence: 1)
            ]
        case .brokenChain:
            forged.transactions = [sound]
            forged.ends = [
                Vector.Entry(origin: origin, sequence: 1, chain: ChainHash(high: UInt128(salt), low: 1))
            ]
        case .futureStamp:
            // Sound but for its stamp: it is taken, and pulls nobody's clock along.
            forged.transactions = [sound]
            forged.transactions[0].stamp = Stamp(milliseconds: 130_000_000_000_000)
            try note(forged.transactions)
        case .emptyClaim:
            forged.header.entries = [
                Vector.Entry(origin: origin, sequence: 900, chain: ChainHash(high: UInt128(salt), low: 2))
            ]
        case .wrongText:
            // A text of its own that is another one, and whatever others are waiting for.
            let own = ValueHash(of: Array("\"lie \(step)\"".utf8))
            forged.transactions = [transaction(id, 1, record: 1, kind: "article", [("body", .hash(own))])]
            try note(forged.transactions)
            for wanted in try store.texts.wanted(limit: 4) {
                forged.texts.append((wanted.hash, UInt64(wanted.haveBytes), 300_000, [1, 2, 3]))
            }
            forged.texts.append((own, 0, 3, Array("123".utf8)))
        case .otherArchive: forged.header.archive = ArchiveID(rawValue: UInt128(salt))
        case .disorder: forged.transactions = [titled(2, "2"), titled(1, "1")]
        case .forgedName:
            // The next transaction of somebody who did not write it.
            let entries = try store.log.vector().entries
            guard let end = entries[round: Int(salt)] else { break }
            forged.transactions = [
                transaction(
                    end.origin.rawValue, end.sequence + 1, record: 1, kind: "article",
                    [("title", text("\"lie \(step)\""))])
            ]
        case .branchStarts:
            forged.branchStarts.insert(ChainHash(high: UInt128(salt), low: 3))
            if let end = try store.log.vector().entries[round: Int(salt)] {
                forged.branchStarts.insert(end.chain)
            }
        case .unreplaced:
            // The second leaves the first standing, and is none.
            forged.transactions = [sound, titled(2, "\"again \(step)\"")]
            try note([sound])
        // Nobody sends it: see `callParrot`.
        case .echo: break
        case .wrongClock:
            forged.header.clockMilliseconds = ClockFaults.reading(Int(salt), in: clocks)
            forged.header.isClockSynchronized = salt % 2 == 0
        case .foreignNote:
            // Sound but for what it says of edits that others made, which everybody leaves aside.
            var note = transaction(
                id, 2, record: 1, kind: "article", [("author", text("\"lie \(step) of a clock\""))])
            guard let victim = try store.log.vector().entries[round: Int(salt)] else { break }
            note.note = ClockNote(
                offsetMilliseconds: 7_000 * Clocks.dayMilliseconds,
                spans: [.init(last: victim.name, count: victim.sequence)])
            forged.transactions = [titled(1, "\"lie \(step)\""), note]
        }
        return try forged.message()
    }

    private func damaged(_ message: [UInt8], isCut: Bool, using random: inout SplitMix64) -> [UInt8] {
        if isCut { return Array(message.prefix(Int.random(in: 0..<message.count, using: &random))) }
        var message = message
        for _ in 0...Int.random(in: 0...2, using: &random) {
            message[Int.random(in: message.indices, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
        }
        return message
    }
}
