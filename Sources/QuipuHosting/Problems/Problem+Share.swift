internal import QuipuHTTPServer

/// Of `serve --share`.
extension Problem {
    static let shareExpired = Problem(
        status: 410, word: "share-expired", title: "The code has expired",
        hint: "nothing was exchanged; a code is valid for 30 minutes: ask for a new one")

    static let shareEnded = Problem(
        status: 410, word: "share-ended", title: "Too many wrong codes have ended the share",
        hint: "nothing was exchanged; ask for a new code")

    static let shareTaken = Problem(
        status: 403, word: "share-taken", title: "The code was used by another replica",
        hint: "nothing was exchanged; a code is for one replica: ask for a new one")

    static let noReplica = Problem(
        status: 400, word: "bad-request", title: "The request does not say which replica it comes from",
        hint: "nothing was exchanged; send Quipu-Replica once, with at most 64 characters")
}
