import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What `sync --dry-run` says before a sync, and what the sync then does.
    struct ForecastTests {
        @Test func `a dry run tells the size of what a sync then sends, and the time at the speed last seen`()
            throws
        {
            let office = try Office(articles: ["The bridge opens"])
            var random = SplitMix64(seed: 3)
            func article(_ number: Int) -> String {
                let words = (0..<120).map { _ in String(random.next(), radix: 36) }.joined(separator: " ")
                return
                    "{\"title\":\"A\(number)\",\"url\":\"https://example.org/\(number)\",\"body\":\"\(words)\"}\n"
            }
            try office.place.write((0..<400).map(article).joined(), to: "m.jsonl")
            try office.ana.quipu("import", office.place.path(of: "m.jsonl"))
            let forecast = try office.ana.json("sync", "--dry-run")
            #expect(forecast["changesToSend"]?.integer == 400)
            #expect(forecast["bytesToReceive"]?.integer == 0)
            let report = try office.ana.json("sync")
            #expect(report["sent"]?.integer == 400)
            let (told, sent) = (forecast["bytesToSend"]?.integer ?? 0, report["bytesSent"]?.integer ?? 0)
            #expect(abs(told - sent) < sent / 10, "\(told) beside \(sent)")

            let behind = try office.ben.json("sync", "--dry-run")
            #expect(behind["behind"]?.integer ?? 0 > 0)
            #expect(behind["bytesToReceive"]?.integer ?? 0 > 0)
            try office.ben.sync()
            // That was long enough to measure the link.
            _ = try office.ben.add(title: "Seeds on loan")
            let next = try office.ben.json("sync", "--dry-run")
            #expect(next["bytesPerSecond"]?.integer ?? 0 > 0)
            #expect(next["milliseconds"]?.integer != nil)
            #expect(try office.ben.quipu("sync", "--dry-run").output.contains("the speed last seen"))
        }
    }
}
