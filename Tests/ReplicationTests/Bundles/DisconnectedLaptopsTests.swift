import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Two laptops without any network and one stick.
@Suite struct DisconnectedLaptopsTests {
    /// What a random month brings.
    private struct Month {
        let scene: BundleScene
        var random: SplitMix64
        /// Names of bundles on the stick, or of copies of them, by whom they are for.
        var onStick: [[[String]]] = [[], []]
        var number = 0
        /// Every title that anybody wrote, by record and the value that it replaced.
        var written: Set<String> = []

        init(seed: UInt64) throws {
            scene = try BundleScene(2, seed: seed)
            random = SplitMix64(seed: seed)
        }

        mutating func chance(_ part: UInt64, in whole: UInt64) -> Bool { random.next() % whole < part }
        mutating func number(below count: Int) -> Int { Int(random.next() % UInt64(count)) }

        mutating func edit(at laptop: Int) throws {
            number += 1
            let text = "edit \(number) at \(laptop) \(String(random.next(), radix: 36))"
            written.insert(text)
            // Records of one laptop, and a few that both edit.
            let id = chance(1, in: 4) ? number(below: 4) : 100 * (laptop + 1) + number(below: 40)
            let long = chance(1, in: 20) ? String(repeating: "x", count: 70_000) : ""
            try scene.group.add(
                [("title", "\"\(text)\""), ("body", "\"\(text)\(long)\"")], id: UInt128(id + 1), at: laptop,
                author: "laptop\(laptop)")
        }

        mutating func makeBundle(at laptop: Int) throws {
            number += 1
            let name = "bundle\(number)"
            let other = 1 - laptop
            let knows = try scene.knows(other, at: laptop)
            let split = chance(1, in: 3) ? 64 << 10 : nil
            let report = try scene.create(
                name, from: laptop, for: knows ? other : nil, splitBytes: split, blockBytes: 2 << 10)
            var names = report.parts.map { String($0.path.split(separator: "/").last ?? "") }
            switch number(below: 8) {
            case 0: return  // The stick is lost.
            case 1:
                // It is pulled out in mid-write: the file ends somewhere.
                let last = names[names.count - 1]
                let whole = try scene.bytes(last)
                try scene.write(Array(whole.prefix(number(below: whole.count))), to: last)
            case 2:
                let name = names[number(below: names.count)]
                var bytes = try scene.bytes(name)
                bytes[number(below: bytes.count)] ^= 1 << UInt8(number(below: 8))
                try scene.write(bytes, to: name)
            case 3: if names.count > 1 { names.remove(at: number(below: names.count)) }
            default: break
            }
            onStick[other].append(names)
        }

        mutating func applyBundles(at laptop: Int) throws {
            while !onStick[laptop].isEmpty {
                // In any order, and some twice.
                let names = onStick[laptop].remove(at: number(below: onStick[laptop].count))
                if chance(1, in: 4) { onStick[laptop].append(names) }
                do {
                    for report in try scene.apply(names.shuffled(using: &random), to: laptop) {
                        #expect(report.refused.isEmpty)
                        #expect(!report.gaps.contains { $0.reason != .missing })
                    }
                } catch let error as ReplicationError {
                    // Of a file without a readable beginning nothing can be used.
                    #expect(
                        error.code == .damaged || error.code == .notABundle || error.code == .wrongSignature)
                }
            }
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a month of two disconnected laptops and one stick loses no edit, and ends equal`(seed: UInt64)
        throws
    {
        var month = try Month(seed: seed)
        for _ in 0..<30 {
            for laptop in 0...1 {
                for _ in 0..<month.number(below: 6) { try month.edit(at: laptop) }
                if month.chance(2, in: 3) { try month.applyBundles(at: laptop) }
                if month.chance(2, in: 3) { try month.makeBundle(at: laptop) }
            }
        }
        // Three good bundles: what each lacks, and what the first has still to learn.
        for laptop in [0, 1, 0] {
            let other = 1 - laptop
            let knows = try month.scene.knows(other, at: laptop)
            try month.scene.create("last", from: laptop, for: knows ? other : nil)
            #expect(try month.scene.apply(["last"], to: other)[0].completeness.isWhole)
        }
        #expect(try month.scene.areEqual(0, 1))
        let stores = month.scene.group.stores
        #expect(try stores[0].log.refusals().isEmpty && stores[1].log.refusals().isEmpty)
        for store in stores {
            #expect(try store.texts.missingCount == 0)
            #expect(try store.verify().damaged.isEmpty)
            var found: Set<String> = []
            try store.log.forEachTransaction(after: 0) { transaction, _, _ in
                for record in transaction.records {
                    for change in record.fields where change.field == "title" {
                        guard let text = change.value.text else { continue }
                        found.insert(String(decoding: text.dropFirst().dropLast(), as: UTF8.self))
                    }
                }
                return true
            }
            #expect(found == month.written)
        }
        // Nothing is new, so hardly anything travels.
        let report = try month.scene.create("empty", from: 0, for: 1)
        #expect(report.transactionCount == 0)
        #expect(try month.scene.size("empty") < 1_500)
    }
}

extension BundleScene {
    /// Whether a bundle of another was applied.
    func knows(_ other: Int, at replica: Int) throws -> Bool {
        let key = try group[other].bundleSenders.ownKey().publicKey
        return try group[replica].bundleSenders.all().contains { $0.key == key }
    }
}
