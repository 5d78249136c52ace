internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// How far an archive and a mirror are apart.
package struct MirrorDistance: Sendable {
    package enum Equality: Sendable {
        case different
        /// It claims to hold the same, and gives no proof.
        case claimed
        /// It claims so, but its proof is wrong: it has other values, or it is not a mirror.
        case disproved
        case proved
        /// It claims so, but texts that the proof needs are missing here.
        case unverifiable
    }

    /// The display name of the mirror: its name, else its location.
    package let remote: String
    /// The numbers of transactions to send and to receive.
    package let ahead: Int
    package let behind: Int
    /// Whether the mirror takes edits: not from a token that may only read, nor in a folder that cannot be written.
    package let maySend: Bool
    package let equality: Equality
    /// How often what would be sent changes records, and its size on the link.
    package let changesToSend: Int
    package let bytesToSend: Int
    /// Estimated by what is here, since the mirror does not tell; nil if nothing is here.
    package let bytesToReceive: Int?
    /// What of these has to go before texts of more than 128 bytes, which a sync with `SyncOptions.maximumBytes` sends last.
    package let floorBytesToSend: Int
    package let floorBytesToReceive: Int?
    /// How fast the link was in the last sync that was long enough to tell; nil if there was none.
    package let bytesPerSecond: Int?

    /// How long the exchange would take at that speed; nil if that cannot be told.
    package var milliseconds: Int? {
        guard let bytesPerSecond, bytesPerSecond > 0, let bytesToReceive else { return nil }
        let bytes = bytesToSend.addingReportingOverflow(bytesToReceive)
        let scaled = bytes.partialValue.multipliedReportingOverflow(by: 1_000)
        return bytes.overflow || scaled.overflow ? nil : scaled.partialValue / bytesPerSecond
    }

    init(_ theirs: Handshake, to store: Store, of place: RemotePlace) throws {
        let own = try store.log.vector()
        func lead(_ first: Vector, _ second: Vector) -> UInt64 {
            first.entries.reduce(0) { sum, entry in
                let other = second.sequence(of: entry.origin)
                return sum + (entry.sequence > other ? entry.sequence - other : 0)
            }
        }
        remote = place.title
        (ahead, behind) = (Int(clamping: lead(own, theirs.vector)), Int(clamping: lead(theirs.vector, own)))
        maySend = !theirs.cost.refusesEdits
        equality = Equality(try theirs.equality(with: store))
        bytesPerSecond = try place.name.flatMap { try store.remotes.linkSpeed(remote: $0) }
        if maySend {
            let forecast = try SyncForecast(
                sendingFrom: store, lacking: theirs.vector, bytesPerSecond: bytesPerSecond)
            (changesToSend, bytesToSend) = (forecast.recordCount, forecast.sizeBytes)
            floorBytesToSend = forecast.floorBytes
        } else {
            (changesToSend, bytesToSend, floorBytesToSend) = (0, 0, 0)
        }
        let estimate = try SyncForecast.estimatedBytes(
            of: behind, in: store, bytesPerSecond: bytesPerSecond)
        (bytesToReceive, floorBytesToReceive) = (estimate?.sizeBytes, estimate?.floorBytes)
    }
}

extension MirrorDistance.Equality {
    init(_ equality: Handshake.Equality) {
        self =
            switch equality {
            case .different: .different
            case .claimed: .claimed
            case .disproved: .disproved
            case .proved: .proved
            case .unverifiable: .unverifiable
            }
    }
}

extension Archive {
    /// Asks a mirror what it holds, and exchanges nothing.
    ///
    /// - Parameter word: the name of a remote, a URL or a path; nil for the only remote, or the one named `origin`.
    package func compare(with word: String?, options: SyncOptions) throws -> MirrorDistance {
        try QuipuError.relaying {
            try stores.with { store in
                let place = try RemotePlace(word, of: store, isInsecure: options.link.allowsPlainHTTP)
                    .prepared(by: options, of: store)
                let transport = try place.transport(for: store, by: options.link, own: store.folder)
                let theirs = try Handshake(
                    over: transport, archive: store.id, knowing: store.log.knowledge(),
                    environment: store.environment)
                return try MirrorDistance(theirs, to: store, of: place)
            }
        }
    }
}
