import QuipuFormats
import Testing

/// Several highlights of one article, also of the same words.
@Suite struct RepeatedHighlightTests {
    @Test(arguments: [
        """
        URL,Title,Selection,Folder
        https://e.example/a,A,one passage,Unread
        https://e.example/a,A,another passage,Unread
        """,
        """
        Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags
        same words,B,Ana,,first,,,page,1,2020-01-01,
        same words,B,Ana,,second,,,page,9,2020-01-01,
        """,
        """
        [{"url":"https://e.example/a","title":"A","highlights":[{"quote":"same words","created_at":1},{"quote":"same words","created_at":2}]}]
        """,
    ])
    func `each highlight of an article has an id of its own, the same in each reading`(text: String) throws {
        let ids = try Reading(text).items.filter { $0.kind == "annotation" }.map(\.foreignID)
        #expect(ids.count == 2 && Set(ids).count == 2 && !ids.contains(nil), "\(ids)")
        #expect(try Reading(text).items.filter { $0.kind == "annotation" }.map(\.foreignID) == ids)
    }
}
