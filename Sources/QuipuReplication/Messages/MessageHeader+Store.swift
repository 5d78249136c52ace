internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

extension MessageHeader {
    /// What a replica says of itself at the head of every message; read within one view of it.
    init(describing store: Store, knowing knowledge: Knowledge) throws {
        self.init()
        archive = store.id
        clock = try store.clock.reading()
        vectorHash = knowledge.hash
        digest = try store.digest
        position = UInt64(clamping: try store.position)
        missingTexts = UInt64(try store.texts.missingCount)
        wants = try store.texts.wanted(limit: Self.usualWants).map {
            .init(hash: $0.hash, offset: UInt64($0.haveBytes))
        }
    }

    /// What a filter may take beside all else that it tells.
    var roomForFilterBytes: Int {
        let told = 64 * entries.count + 36 * branchStarts.count + 48 * wants.count + 20 * lacks.count
        return Self.maximumBytes - 2_048 - told
    }

    /// The sender's clock, and whether it can be relied on.
    var clock: ClockReading {
        get { ClockReading(milliseconds: clockMilliseconds, isSynchronized: isClockSynchronized) }
        set { (clockMilliseconds, isClockSynchronized) = (newValue.milliseconds, newValue.isSynchronized) }
    }
}
