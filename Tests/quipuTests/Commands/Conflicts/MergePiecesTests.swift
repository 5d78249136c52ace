import QuipuStorage
import Testing

/// Two texts cut into what merges and what clashes.
struct MergePiecesTests {
    private let base = "The old mill by the river was sold on Monday."
    private let one = "The new mill by the brook was sold on Monday."
    private let other = "The old mill by the stream was sold on Friday."

    @Test func `a merge by pieces asks only about places that both sides changed`() throws {
        let pieces = try #require(MergePieces(base: base, one, other))
        #expect(pieces.clashes.map { [$0.base, $0.one, $0.other] } == [["river", "brook", "stream"]])
        #expect(
            pieces.clashes[0].before == "The new mill by the"
                && pieces.clashes[0].after == "was sold on Friday.")
    }

    @Test(arguments: [
        (MergePieces.Choice.one, "brook"), (.other, "stream"), (.both, "brook stream"),
        (.text("lake shore"), "lake shore"),
    ])
    func `a merge by pieces has the chosen pieces and every change that does not clash`(
        choice: MergePieces.Choice, words: String
    )
        throws
    {
        let pieces = try #require(MergePieces(base: base, one, other))
        #expect(pieces.text(choosing: [choice]) == "The new mill by the \(words) was sold on Friday.")
    }

    @Test func `texts without a clash merge, and scripts without spaces get none`() throws {
        let merged = try #require(MergePieces(base: base, "Now t" + base.dropFirst(), base + "\n\nAgain."))
        #expect(merged.clashes.isEmpty)
        #expect(merged.text(choosing: []) == "Now the old mill by the river was sold on Monday.\n\nAgain.")
        let pieces = try #require(MergePieces(base: "水が来た。昨日。", "水が来た。今日。", "水が来た。明日。"))
        #expect(pieces.text(choosing: pieces.clashes.map { _ in .one }) == "水が来た。今日。")
        #expect(pieces.text(choosing: pieces.clashes.map { _ in .other }) == "水が来た。明日。")
    }

    @Test func `choosing one side for every piece gives that side's text if all of it clashes`() throws {
        let pieces = try #require(MergePieces(base: "a", "One\n<<<<<<< 1\ntwo", ""))
        #expect(pieces.text(choosing: pieces.clashes.map { _ in .one }) == "One\n<<<<<<< 1\ntwo")
        #expect(pieces.text(choosing: pieces.clashes.map { _ in .other }) == "")
    }
}
