extension MergeObstacle {
    /// Why, as the end of a sentence.
    package var reason: String {
        switch self {
        case .deleted: "the record is deleted"
        case .notProse: "the field does not hold prose"
        case .notText: "one of the values is not text"
        case .notTwo: "only two versions can be merged"
        case .noAncestor: "the two have no single common ancestor"
        case .textMissing: "a text that the merge needs is not here"
        case .tooLong: "the texts are too long"
        case .overlapping: "both changed the same words, or words next to one another"
        case .unavailable: "libgit2 is not installed on this machine"
        default: rawValue
        }
    }
}
