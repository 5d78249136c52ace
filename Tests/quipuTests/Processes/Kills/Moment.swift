import Support

/// When to strike.
enum Moment {
    /// Once there were so many writes in a folder.
    case writes(Int, FolderChanges)
    /// Once the link has stopped, after as many bytes as it was told.
    case bytes(CuttingProxy)

    /// After which of so many writes to strike: any, and half of the time one of the last third, which come with
    /// the commit and after it.
    static func place(in count: Int, _ random: inout SplitMix64) -> Int {
        let first = Bool.random(using: &random) ? 1 : max(1, count * 2 / 3)
        return Int.random(in: first...max(first, count), using: &random)
    }

    /// Waits for it, or for the end of the program.
    /// - Returns: whether it came.
    func wait(for program: ChildProgram) throws -> Bool {
        switch self {
        case .writes(let count, let changes): return try changes.wait(for: count, of: program)
        case .bytes(let link):
            try link.waitForCut(of: program)
            return link.cuts > 0
        }
    }

    /// Kills the program at the moment, if it comes to that.
    func kill(_ program: ChildProgram) throws -> ChildProgram.Ending {
        if try wait(for: program) { program.kill() }
        return try program.finish()
    }
}
