import Support

extension Processes {
    /// `kill -9` of a running process, at moments taken from its work: after so many writes in a folder, or
    /// so many bytes on the link. Afterwards every acknowledged edit is there, nothing is damaged, and what follows
    /// goes on from where it was.
    ///
    /// Each kind of work gets a share of 200 kills; only those count that found their program running. Set in the
    /// environment, `QUIPU_KILLS` says another number and `QUIPU_SEED` chooses other moments, as in
    ///
    ///     QUIPU_KILLS=2000 QUIPU_SEED=7 Tools/test --filter KillTests
    struct KillTests {
        /// How many kills an archive lives through before the test goes on with another one.
        static let killsPerArchive = 20

        /// So many kills fall to a kind of work.
        static func share(percent: Int) -> Int {
            max(1, ((Processes.number("QUIPU_KILLS") ?? 200) * percent + 99) / 100)
        }

        /// A file of new articles, which compress badly.
        static func articles(
            _ count: Int, words: Int, in place: TemporaryFolder, _ random: inout SplitMix64
        ) throws -> String {
            let name = "a" + String(UInt32.random(in: 0...(.max), using: &random), radix: 36)
            let text = GeneratedArticles.lines(count, words: words, named: name, &random)
            return try place.write(text, to: name + ".jsonl")
        }
    }
}
