internal import Causality
internal import Storage
internal import Wire

extension PieceHeader {
    /// What a replica says of itself at the head of every message; read within one view of it.
    init(describing store: Store, knowing knowledge: Knowledge) throws {
        self.init()
        archive = store.id
        clock = try store.clockReading()
        vectorHash = knowledge.hash
        digest = try store.digest
        position = UInt64(clamping: try store.position)
        missingTexts = UInt64(try store.missingTexts)
        wants = try store.wantedTexts(limit: Self.usualWants).map {
            .init(hash: $0.hash, offset: UInt64($0.haveBytes))
        }
    }

    /// The sender's clock, and whether it can be relied on.
    var clock: ClockReading {
        get { ClockReading(milliseconds: clockMilliseconds, isSynchronized: isClockSynchronized) }
        set { (clockMilliseconds, isClockSynchronized) = (newValue.milliseconds, newValue.isSynchronized) }
    }
}
