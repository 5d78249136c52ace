internal import Quipu

/// What is said where a mirror takes no edits: what it has was fetched all the same.
extension SyncReport {
    /// Nil where everything could be sent.
    var unsentWarning: (message: String, hint: String)? {
        let edits =
            unsentChanges == 1
            ? "1 edit stays here" : unsentChanges > 1 ? "\(unsentChanges) edits stay here" : "edits stay here"
        switch sendRefusal {
        case .readOnly:
            return (
                "\(edits): the token for that mirror may only read",
                "get one that may write and store it: quipu remote login; or send them through another mirror"
            )
        case .quotaExceeded:
            return (
                "\(edits): the archive has reached its size limit on that mirror",
                "ask its operator for more space, or send them through another mirror"
            )
        case .dailyLimit:
            return (
                "\(edits) for today: this token has reached that mirror's daily limit for new edits",
                "sync again tomorrow; or send them with a token of the archive's owner, or through another mirror"
            )
        default: return nil
        }
    }
}
