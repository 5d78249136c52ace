/// What a liar on the network may say.
enum Lie: CaseIterable {
    case noise, cutMessage, turnedBits, gap, malformedValue, unknownReference, brokenChain, futureStamp,
        emptyClaim
    case wrongText, otherArchive, disorder, forgedName, branchStarts, wrongClock, unreplaced, foreignNote
    /// It is called, and says that it holds whatever the caller holds.
    case echo

    /// It may make others' chains grow or change their names, though it takes nothing away: a transaction under
    /// somebody's name is a branch, one that says it is synchronised makes the machine note that its own clock was off, and
    /// with some bits turned a message may speak for anyone.
    var touchesOthers: Bool {
        switch self {
        case .turnedBits, .forgedName, .branchStarts, .wrongClock: true
        default: false
        }
    }
}
