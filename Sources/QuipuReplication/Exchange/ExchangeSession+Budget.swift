internal import QuipuCausality
internal import QuipuStorage

extension ExchangeSession {
    /// Bytes of messages that were interrupted count too.
    mutating func noteCost(by meter: BudgetedTransport?) {
        guard let meter else { return }
        (report.bytesSent, report.bytesReceived) = (meter.bytesSent, meter.bytesReceived)
    }

    /// What is not exchanged yet.
    ///
    /// - Parameter told: the peer's vector; nil when it is unknown, and then only texts count.
    func leftOver(knowing told: Vector?) throws -> LeftOver {
        var rest = LeftOver()
        if let told {
            let own = try store.log.vector()
            rest.toSend = own.count(beyond: told)
            rest.toReceive = told.count(beyond: own)
        }
        rest.textsToReceive = try store.texts.missingCount
        let waiting = try store.texts.waiting()
        (rest.textBytesToReceive, rest.recordsToComplete) = (waiting.sizeBytes, waiting.recordCount)
        if let lacking = byteBudget?.lackingThere {
            (rest.textsToSend, rest.textBytesToSend) = (lacking.texts, lacking.bytes)
        }
        return rest
    }
}

extension ByteBudget {
    /// The budget of the message for a request; nil if what is left is not worth one.
    func next(for request: ExchangeStateMachine.Request, of store: Store) throws -> ExchangeSession.Budget? {
        guard let told = request.peerVector else { return next(sends: true, receives: true) }
        let own = try store.log.vector()
        let sends = !request.wants.isEmpty || own.count(beyond: told) > 0
        let receives = try told.count(beyond: own) > 0 || store.texts.missingCount > 0
        return next(sends: sends, receives: receives || !sends)
    }
}

extension Vector {
    /// The number of transactions in it that another one does not cover.
    func count(beyond other: Vector) -> Int {
        Int(
            clamping: entries.reduce(0 as UInt64) { sum, entry in
                let held = other.sequence(of: entry.origin)
                return sum &+ (entry.sequence > held ? entry.sequence - held : 0)
            })
    }
}
