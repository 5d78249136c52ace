import Foundation
import NaiveModel
import QuipuCausality
import QuipuReplication
import QuipuSQLite
import QuipuStorage
import Support

/// All states of single replicas that small worlds are made of, each a pair of real database files.
///
/// A replica does what it does by its folder, its clock and its randomness alone, and here clock and randomness
/// depend on nothing but who it is and how often it has written. So a step from one state, and a meeting of two,
/// are run on the real store once; worlds that differ elsewhere share the outcome. A state that is reached on
/// several ways is held against the naive model on each.
final class ReplicaPool {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A replica, put down: its files, and what the store said of itself.
    struct Replica {
        let archive: FrozenFile
        let local: FrozenFile
        let reading: StoreReading
        let chains: Set<ChainHash>

        /// Neither has anything for the other.
        func isLevel(with other: Replica) -> Bool {
            chains == other.chains && reading.starts == other.reading.starts
                && reading.missingTexts == 0 && other.reading.missingTexts == 0
        }
    }

    /// What a meeting of two leads to.
    struct Meeting {
        let first: Int
        let second: Int
    }

    /// What decides how a replica can go on. Two folders with one identity differ at most in the order of their
    /// logs.
    private struct Identity: Hashable {
        let chains: Set<ChainHash>
        let starts: Set<ChainHash>
        let texts: Set<ValueHash>
        let own: LocalFacts
        /// Where agreements are remembered, they tell of positions in the log.
        let order: [ChainHash]
    }

    private struct StepKey: Hashable {
        let replica: Int
        let step: Step
        let count: Int
    }

    private struct MeetingKey: Hashable {
        let first: Int
        let second: Int
        let step: Step
        let counts: [Int]
    }

    private struct ModelKey: Hashable {
        let chains: Set<ChainHash>
        let starts: Set<ChainHash>
    }

    let seats: Seats
    private let remembersAgreements: Bool
    private let workplace: Workplace
    private(set) var replicas: [Replica] = []
    private var numbers: [Identity: Int] = [:]
    private var steps: [StepKey: Int?] = [:]
    private var meetings: [MeetingKey: Meeting] = [:]
    private var models: [ModelKey: NaiveArchive] = [:]
    private var verified: Set<Int> = []

    /// How often the real store was at work.
    private(set) var stepsRun = 0
    private(set) var meetingsRun = 0
    var verifiedCount: Int { verified.count }
    var modelCount: Int { models.count }

    init(for plot: Plot) throws {
        seats = Seats(
            clockOffsetsMilliseconds: plot.clockOffsetsMilliseconds,
            synchronizedSeats: plot.synchronizedSeats)
        remembersAgreements = plot.remembersAgreements
        workplace = try Workplace()
    }

    /// An empty archive for each, all of them mirrors of one.
    func beginnings() throws -> [Int] {
        try Plot.replicas.map { seat in
            let place = try workplace.emptyRoom(0)
            let environment = seats.environment(of: seat, draw: 0)
            try join(place, environment)
            return try putDown(place, try opening(place, seat, draw: 0) { try StoreReading($0) })
        }
    }

    private func join(_ place: ArchiveFolder, _ environment: Environment) throws {
        let store = try Store.create(
            in: place.workPath, id: ArchiveID(rawValue: 0xa5), name: "press", environment: environment)
        for peer in Seats.authors where remembersAgreements {
            try store.remotes.add(name: peer, location: peer)
        }
    }

    /// What a person or a program of one replica does.
    /// - Parameters:
    ///   - seat: who it is.
    ///   - count: how often that one has written before.
    /// - Returns: nil when it changes nothing.
    func perform(_ step: Step, at seat: Int, on replica: Int, count: Int) throws -> Int? {
        let key = StepKey(replica: replica, step: step, count: count)
        if let known = steps[key] { return known }
        stepsRun += 1
        let before = replicas[replica]
        let model = try model(of: before.reading)
        let place = try lay(replica, in: 0)
        let reading = try opening(place, seat, draw: count + 1) { store in
            let performer = Performer(
                store: store, seat: seat, count: count, before: before.reading, model: model)
            return try performer.perform(step) ? try StoreReading(store) : nil
        }
        guard let reading else {
            steps[key] = .some(nil)
            return nil
        }
        let after = try putDown(place, reading)
        try requireNothingLost(replica, after)
        steps[key] = after
        return after
    }

    /// An exchange, complete or cut.
    func meet(_ first: Int, _ second: Int, by step: Step, counts: [Int]) throws -> Meeting {
        let key = MeetingKey(
            first: first, second: second, step: step, counts: seats.hasWrongClocks ? counts : [])
        if let known = meetings[key] { return known }
        meetingsRun += 1
        let (one, other) = step.exchanging ?? (0, 0)
        let places = [try lay(first, in: 0), try lay(second, in: 1)]
        let (report, readings) = try opening(places[0], one, draw: -meetingsRun) { caller in
            try opening(places[1], other, draw: -meetingsRun) { answering in
                let link = ShortLink(to: answering, by: step)
                let peer = remembersAgreements ? Seats.authors[other] : nil
                let report = try link.run(caller, as: peer)
                let refusals = try caller.log.refusals() + answering.log.refusals()
                guard refusals.isEmpty else { throw Failure(description: "refused: \(refusals)") }
                return (report, [try StoreReading(caller), try StoreReading(answering)])
            }
        }
        let meeting = Meeting(
            first: try putDown(places[0], readings[0]), second: try putDown(places[1], readings[1]))
        if let report { try requireAgreement(report, readings) }
        try requireNothingLost(first, meeting.first)
        try requireNothingLost(second, meeting.second)
        meetings[key] = meeting
        return meeting
    }

    /// The archive of one state beside what a machine remembers in another.
    func combine(archive: Int, local: Int) throws -> Int {
        let place = try workplace.emptyRoom(0)
        try replicas[archive].archive.write(to: place.storePath)
        try replicas[local].local.write(to: place.localPath)
        return try putDown(place, try opening(place, 0, draw: 0) { try StoreReading($0) })
    }

    /// Has the store check itself from its log up.
    func verify(_ replica: Int) throws {
        guard verified.insert(replica).inserted else { return }
        let report = try opening(try lay(replica, in: 0), 0, draw: 0) { try $0.verify() }
        let model = try model(of: replicas[replica].reading)
        guard report.damaged.isEmpty else {
            throw Failure(description: "verify finds damage: \(report.damaged)")
        }
        guard report.digest == model.digest, report.contentDigest == model.contentDigest else {
            throw Failure(description: "verify finds another digest than the model")
        }
    }

    /// What the naive model makes of a store's log.
    func model(of reading: StoreReading) throws -> NaiveArchive {
        let key = ModelKey(chains: reading.chains, starts: reading.starts)
        if let known = models[key] { return known }
        let model = reading.model
        models[key] = model
        return model
    }

    private func lay(_ replica: Int, in room: Int) throws -> ArchiveFolder {
        let place = try workplace.emptyRoom(room)
        try replicas[replica].archive.write(to: place.storePath)
        try replicas[replica].local.write(to: place.localPath)
        return place
    }

    /// The store is closed when this returns, and all of it is in its files.
    private func opening<Result>(
        _ place: ArchiveFolder, _ seat: Int, draw: Int, _ body: (Store) throws -> Result
    ) throws -> Result {
        try body(try Store(opening: place, environment: seats.environment(of: seat, draw: draw)))
    }

    /// A complete exchange ends with the same on both sides, and says so.
    private func requireAgreement(_ report: SyncReport, _ readings: [StoreReading]) throws {
        guard report.refused.isEmpty else { throw Failure(description: "refused: \(report.refused)") }
        guard readings[0].vector == readings[1].vector, readings[0].digest == readings[1].digest else {
            throw Failure(description: "two replicas differ after a complete exchange")
        }
        guard report.inSync == (readings[0].missingTexts == 0) else {
            throw Failure(description: "the exchange says in sync: \(report.inSync), \(report.missingTexts)")
        }
    }

    private func requireNothingLost(_ before: Int, _ after: Int) throws {
        guard replicas[before].chains.isSubset(of: replicas[after].chains) else {
            throw Failure(description: "a transaction that was held is gone")
        }
    }

    /// Holds what a store says against the model, and keeps its files.
    private func putDown(_ place: ArchiveFolder, _ reading: StoreReading) throws -> Int {
        if let wrong = reading.complaint(against: try model(of: reading)) {
            throw Failure(description: "the store is not what its log implies: \(wrong)")
        }
        let identity = Identity(
            chains: reading.chains, starts: reading.starts, texts: reading.log.texts,
            own: try LocalFacts(place.localPath, withClock: seats.hasWrongClocks),
            order: remembersAgreements ? reading.log.transactions.map(\.chain) : [])
        if let known = numbers[identity] { return known }
        let replica = Replica(
            archive: try FrozenFile(place.storePath), local: try FrozenFile(place.localPath),
            reading: reading, chains: identity.chains)
        replicas.append(replica)
        numbers[identity] = replicas.count - 1
        return replicas.count - 1
    }
}

/// Who this machine believes to be, where it left its own chain, and what it remembers of others.
struct LocalFacts: Hashable {
    let replica: String?
    let agreements: String?
    let unnoted: String?

    /// - Parameter withClock: with what the next clock note would be about.
    init(_ path: String, withClock: Bool) throws {
        let database = try Connection(path: path, options: .init(mode: .readOnly))
        replica = try database.text(
            "SELECT quote(origin) || sequence || quote(chain) || clock_offset || ' ' || clock_reading FROM replica"
        )
        agreements = try database.text(
            """
            SELECT group_concat(own_position || ' ' || their_position || quote(vector_hash))
            FROM (SELECT * FROM remote WHERE vector_hash IS NOT NULL ORDER BY name)
            """)
        unnoted =
            withClock
            ? try database.text(
                """
                SELECT group_concat(quote(origin) || sequence || ' ' || count || quote(boot) || lead)
                FROM (SELECT * FROM unnoted ORDER BY row)
                """) : nil
    }
}
