package import QuipuCausality
package import QuipuHTTPServer
package import QuipuReplication

/// Answers what is asked of the records of an archive. A layer above knows records; this one knows who may ask.
package protocol ArchiveInterface: Sendable {
    /// Under which edits are written whose caller has no name of its own.
    var author: String { get }

    /// The one archive that is served; nil if there may be several.
    var onlyArchive: String? { get }

    /// Answers a request whose caller may make it.
    ///
    /// - Parameter body: all of it, of bounded size.
    /// - Throws: any error; what `problem` makes of it is answered.
    func answer(_ question: InterfaceQuestion, body: [UInt8]) throws -> HTTPResponse

    /// What a caller is told of an error.
    func problem(_ error: any Error) -> Problem
}

/// A request to `ArchiveInterface`.
package struct InterfaceQuestion: Sendable {
    package let head: HTTPRequestHead
    /// The archive's name in the path, and the archive.
    package let name: String
    package let archive: any HostedArchive
    package let route: RecordsRoute
    package let caller: Caller
    /// The content that a ticket opens, instead of a caller's rights.
    package let ticketContent: BlobHash?
    package let tickets: TicketOffice
    /// Waits for news of the archive.
    package let news: ArchiveNews
    /// Counts what the caller's token adds to the archive; nil if nothing limits it.
    package let account: TokenAccount?
}

/// The account of a token: the amount that it may still add to the archives today.
package struct TokenAccount: Sendable {
    let quota: DailyQuota
    let token: TokenID

    /// - Throws: `Problem`, 429, if the token may not add so much today.
    package func require(_ amount: QuotaAmount) throws {
        let left = try quota.left(to: token)
        guard left.transactions >= amount.transactions, left.origins >= amount.origins else {
            throw Problem.dailyLimit(secondsLeft: quota.secondsLeftToday)
        }
    }

    package func note(_ amount: QuotaAmount) { quota.note(amount, by: token) }
}

/// Waits for changes of an archive in this or another process.
package struct ArchiveNews: Sendable {
    let name: String
    let archive: any HostedArchive
    let channels: ArchiveChannels
    /// Whether the server is about to stop.
    let isStopping: @Sendable () -> Bool

    /// Returns when `hasCome` says so, which is asked at first and after each change; when the time is over; or when the server
    /// stops.
    ///
    /// - Throws: `Problem`, 503, if too many wait; what `hasCome` throws.
    package func wait(milliseconds: Int, caller: Caller, until hasCome: () throws -> Bool) throws {
        try channels.awaitNews(
            of: name, by: caller, milliseconds: milliseconds, isStopping: isStopping,
            current: { try archive.mark() }, until: hasCome)
    }

    /// Tells those who watch that something was written.
    package func announce() throws { try channels.announce(name) { try archive.mark() } }
}
