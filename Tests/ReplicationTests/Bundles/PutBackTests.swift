import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// A replica whose folder is put back from a copy goes on exchanging bundles.
@Suite struct PutBackTests {
    enum Edits: CaseIterable {
        case none, atReplicaPutBack, manyAtReplicaPutBack, atBoth
    }

    @Test(arguments: Edits.allCases, [false, true])
    func `a replica restored from a copy is equal to the other again after three rounds of bundles`(
        _ edits: Edits, _ otherBegins: Bool
    ) throws {
        let scene = try BundleScene(2)
        try scene.group.add([("title", "\"Water\"")], id: 1, at: 0)
        try scene.create("first", from: 0)
        try scene.apply(["first"], to: 1)
        try scene.create("answer", from: 1)
        try scene.apply(["answer"], to: 0)
        let backup = try scene.group.backUp(0)
        for number in 0..<3 {
            for (from, to) in [(0, 1), (1, 0)] {
                try scene.group.add([("title", "\"Edit \(number)\"")], id: UInt128(10 + from), at: from)
                try scene.create("b\(number)", from: from, for: to)
                try scene.apply(["b\(number)"], to: to)
            }
        }
        try scene.group.putBack(backup, at: 0)
        if edits != .none { try scene.group.add([("title", "\"New here\"")], id: 50, at: 0) }
        if edits == .manyAtReplicaPutBack {
            // More than the other holds of it: what follows must not go on after what was there before.
            for id in 60..<70 { try scene.group.add([("title", "\"More\"")], id: UInt128(id), at: 0) }
        }
        if edits == .atBoth { try scene.group.add([("title", "\"New there\"")], id: 51, at: 1) }
        for round in 0..<3 {
            for (from, to) in otherBegins ? [(1, 0), (0, 1)] : [(0, 1), (1, 0)] {
                try scene.create("r\(round)", from: from, for: to)
                let report = try scene.apply(["r\(round)"], to: to)[0]
                #expect(report.refused.isEmpty)
                #expect(report.holdsAll == report.gaps.isEmpty)
            }
        }
        #expect(try scene.areEqual(0, 1))
        for store in scene.group.stores {
            #expect(try store.log.refusals().isEmpty)
            #expect(try store.verify().damaged.isEmpty)
            var titles: Set<String> = []
            try store.log.forEachTransaction(after: 0) { transaction, _, _ in
                for record in transaction.records {
                    for change in record.fields {
                        if let text = change.value.text {
                            titles.insert(String(decoding: text, as: UTF8.self))
                        }
                    }
                }
                return true
            }
            #expect(titles.contains("\"Edit 2\""))
            #expect(titles.contains("\"New here\"") == (edits != .none))
            #expect(titles.contains("\"New there\"") == (edits == .atBoth))
        }
    }
}
