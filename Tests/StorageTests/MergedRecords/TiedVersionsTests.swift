import QuipuCanonicalJSON
import QuipuStorage
import Support
import Testing

/// One transaction writes a field of several records, which are merged later.
@Suite struct TiedVersionsTests {
    private let article = MergedScene.first
    private let others = [MergedScene.second, MergedScene.third]

    @Test(arguments: [[0, 1], [1, 0]])
    func `of values that one edit wrote to merged records, the one of the least record id is shown`(
        order: [Int]
    )
        throws
    {
        let scene = try MergedScene()
        try scene.add(article, ["title": "Flood"])
        for other in others { try scene.add(other, ["title": "Flood"]) }
        let least = try #require(others.min())
        _ = try scene.group[0].edit(
            order.map { others[$0] }.map { id in
                Edit(
                    id: id, kind: "article",
                    changes: [.init(field: "author", json: canonicalString(id == least ? "Ruiz" : "Soto"))])
            }, author: "ana")
        for place in order { try scene.merge(others[place], into: article) }
        #expect(try scene.article(article)?.string("author") == "Ruiz")
        #expect(try scene.group[0].openConflicts == 1)
        #expect(try scene.group[0].verify().damaged == [])
    }
}
