import QuipuReplication
import Support
import Testing

@Suite struct WatchScheduleTests {
    private let here = ArchiveMark(position: 1, knowledgeHash: 1)
    private let there = ArchiveMark(position: 9, knowledgeHash: 2)

    /// One that has exchanged once, at 0, and hears of news.
    private func settled() -> WatchSchedule {
        var plan = WatchSchedule(now: 0)
        plan.linked(at: 0)
        plan.began()
        plan.exchanged(missesTexts: false, took: 0, at: 0)
        return plan
    }

    @Test func `watching begins with an exchange`() {
        #expect(WatchSchedule(now: 5).next(at: 5) == .exchange)
    }

    @Test func `watching does nothing while nothing happens`() {
        #expect(settled().next(at: 1_000_000_000) == .wait(until: .max))
    }

    @Test func `an edit on either side is exchanged at once`() {
        var plan = settled()
        plan.editedHere(at: 10)
        #expect(plan.next(at: 10) == .exchange)
        plan = settled()
        plan.heard(there, holding: here)
        #expect(plan.next(at: 10) == .exchange)
        plan = settled()
        plan.heard(nil, holding: here)
        #expect(plan.next(at: 10) == .exchange)
    }

    @Test func `a notice of the replica's own writing is ignored`() {
        var plan = settled()
        plan.heard(ArchiveMark(position: 9, knowledgeHash: here.knowledgeHash), holding: here)
        #expect(plan.next(at: 10) == .wait(until: .max))
    }

    @Test func `every notice triggers an exchange while texts are missing`() {
        var plan = settled()
        plan.began()
        plan.exchanged(missesTexts: true, took: 0, at: 1)
        plan.heard(here, holding: here)
        #expect(plan.next(at: 10) == .exchange)
    }

    @Test func `exchanges in a burst pause as long as an exchange takes, up to a limit`() {
        var plan = settled()
        plan.began()
        plan.editedHere(at: 100)
        plan.exchanged(missesTexts: false, took: 40, at: 140)
        #expect(plan.next(at: 140) == .wait(until: 180))
        #expect(plan.next(at: 180) == .exchange)
        plan.exchanged(missesTexts: false, took: 60_000, at: 1_000)
        #expect(plan.next(at: 1_000) == .wait(until: 1_250))
    }

    @Test func `an edit during an exchange triggers another exchange`() {
        var plan = settled()
        plan.editedHere(at: 1)
        plan.began()
        plan.heard(there, holding: here)
        plan.exchanged(missesTexts: false, took: 0, at: 2)
        #expect(plan.next(at: 2) == .exchange)
    }

    @Test func `retries wait longer after each failure, up to a minute, and with jitter`() {
        var random = SplitMix64(seed: 1)
        var plan = WatchSchedule(now: 0)
        var now: Int64 = 0
        var waits: [Int64] = []
        for _ in 0..<12 {
            plan.began()
            plan.failed(askedMilliseconds: nil, random: random.next(), at: now)
            guard case .wait(let until) = plan.next(at: now) else {
                Issue.record("no wait after a failure")
                return
            }
            waits.append(until - now)
            now = until
            #expect(plan.next(at: now) == .exchange)
        }
        for (index, wait) in waits.enumerated() {
            let ceiling = min(60_000, Int64(250) << Int64(index))
            #expect((ceiling / 2...ceiling).contains(wait))
        }
        #expect(Set(waits.suffix(4)).count == 4)
    }

    @Test func `a retry waits as long as the peer asks, up to a limit`() {
        for (asked, least, most) in [(30_000, 30_000, 30_100), (.max, 3_600_000, 3_600_100), (-5, 0, 100)] {
            var plan = WatchSchedule(now: 0)
            plan.began()
            plan.failed(askedMilliseconds: Int64(asked), random: .max, at: 0)
            guard case .wait(let until) = plan.next(at: 0) else {
                Issue.record("no wait after a failure")
                return
            }
            #expect((Int64(least)...Int64(most)).contains(until))
        }
    }

    @Test func `a notice of the peer retries at once, and a local edit retries soon`() {
        var failed = WatchSchedule(now: 0)
        for _ in 0..<10 { failed.failed(askedMilliseconds: nil, random: .max, at: 0) }
        var heard = failed
        heard.linked(at: 20)
        #expect(heard.next(at: 20) == .exchange)
        var edited = failed
        edited.editedHere(at: 20)
        #expect(edited.next(at: 20) == .wait(until: 1_000))
        edited.editedHere(at: 5_000)
        #expect(edited.next(at: 5_000) == .exchange)
    }

    @Test func `a replica without notices polls from time to time`() {
        var plan = settled()
        plan.unlinked()
        #expect(plan.next(at: 10) == .wait(until: 60_000))
        #expect(plan.next(at: 60_000) == .exchange)
    }
}

@Suite struct ArchiveMarkTests {
    @Test func `an archive mark is read back as written`() {
        for hash in [0, 1, UInt128.max] {
            for position in [0, 1, Int64.max] {
                let mark = ArchiveMark(position: position, knowledgeHash: hash)
                #expect(ArchiveMark(text: mark.text) == mark)
            }
        }
        #expect(
            ArchiveMark(position: 7, knowledgeHash: 0xab).text == "7-000000000000000000000000000000ab")
    }

    @Test func `an archive mark is read in no other form`() {
        let hash = String(repeating: "a", count: 32)
        for text in [
            "", "-", "7", "7-", "-\(hash)", "7-\(hash)0", "7-\(hash.dropLast())", "07-\(hash)", "+7-\(hash)",
            "7-\(hash.uppercased())", "7 -\(hash)", "7-\(hash)-", "99999999999999999999-\(hash)",
            "7-+\(hash.dropLast())",
        ] {
            #expect(ArchiveMark(text: text) == nil, "\(text)")
        }
    }
}
