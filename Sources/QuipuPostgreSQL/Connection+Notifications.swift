internal import CQuipuPostgres
internal import Glibc

/// What another session told all who listen.
public struct Notification: Sendable, Equatable {
    public let channel: String
    public let payload: String

    public init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}

extension Connection {
    /// Waits for notifications of channels that were listened to.
    ///
    /// - Parameters:
    ///   - timeoutMilliseconds: how long at most.
    ///   - wake: a descriptor that ends the wait when it can be read.
    /// - Returns: what came; nothing when the time is up or the wait was ended.
    public func notifications(
        timeoutMilliseconds: Int, wake: Int32
    ) throws(PostgreSQLError) -> [Notification] {
        let found = try takeNotifications()
        if !found.isEmpty { return found }
        let deadline = Deadline(milliseconds: timeoutMilliseconds)
        var items = [
            pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&items, 2, deadline.millisecondsLeft) < 0, errno == EINTR {}
        return try takeNotifications()
    }

    private func takeNotifications() throws(PostgreSQLError) -> [Notification] {
        guard !isBroken, PQconsumeInput(handle) == 1 else { throw lost(sql: nil) }
        var found: [Notification] = []
        while let next = PQnotifies(handle) {
            defer { PQfreemem(next) }
            found.append(
                Notification(
                    channel: String(cString: next.pointee.relname),
                    payload: String(cString: next.pointee.extra)))
        }
        return found
    }
}
