/// What a link does to the messages of one exchange.
struct Weather: Equatable {
    /// Where a message breaks off.
    struct Cut: Equatable {
        /// Counting from 0.
        var message: Int
        var isReply: Bool
        /// How much of it arrives.
        var permille: Int
    }

    /// Messages that pass before the link is gone for good; nil: all.
    var messages: Int?
    var cut: Cut?
    /// Every request arrives twice; the caller gets the second answer.
    var isTwice = false
    /// The caller gets an old reply of this peer's instead of the one to its request.
    var staleReply: Int?
    /// Requests are lost on the way, though they may turn up later.
    var losesRequests = false
}
