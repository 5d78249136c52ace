import QuipuCausality
import QuipuReplication
import QuipuStorage
import QuipuThreads
import Support
import Testing

/// Messages that are made and sent early change nothing but how long an exchange takes.
@Suite struct PipeliningTests {
    /// A replica of which the other one lacks all, in a dozen pieces.
    private func group() throws -> Replicas {
        let group = try Replicas(2)
        for index in 0..<60 {
            let text = String(repeating: "w\(index) ", count: 200)
            try group.add(
                [("title", "\"T\(index)\""), ("body", "\"\(text)\"")], id: UInt128(index + 1), at: 0)
        }
        return group
    }

    private var smallPieces: Synchronizer.Options {
        var options = Synchronizer.Options()
        options.firstBudgetBytes = 2_000
        options.maximumBudgetBytes = 4_000
        options.minimumBudgetBytes = 500
        return options
    }

    @Test(arguments: [0, 1], [Pipelining.onCallersThread, .onOwnThread])
    func `pipelined exchanges give the same result in as many round trips`(
        caller: Int, pipelining: Pipelining
    ) throws {
        var reports: [SyncReport] = []
        for pipelining in [.none, pipelining] {
            let group = try group()
            let link = EagerLink(try group.link(to: 1 - caller), pipelining: pipelining)
            let (report, agreement) = try Synchronizer(group[caller], over: link, options: smallPieces)
                .run(agreement: nil)
            #expect(report.inSync)
            #expect(agreement != nil)
            #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
            reports.append(report)
        }
        #expect(reports[0].roundTrips > 10)
        #expect(reports[1].roundTrips == reports[0].roundTrips)
        #expect(reports[1].received == reports[0].received)
        #expect(reports[1].sent == reports[0].sent)
        // Clock readings and digests differ in what they compress to.
        #expect(abs(reports[1].bytesSent - reports[0].bytesSent) < 20 * reports[0].roundTrips)
    }

    @Test func `a slow message asks during its transfer for a shorter next message`() throws {
        let group = try group()
        let link = EagerLink(try group.link(to: 0), pipelining: .onOwnThread)
        var options = Synchronizer.Options()
        options.firstBudgetBytes = 1 << 20
        options.lateMilliseconds = 0
        // The first message is under way until somebody has heard that it is late.
        let monitor = Monitor()
        let heard = HeardSizes()
        link.meanwhile = { number in
            if number == 0 { _ = monitor.wait { !heard.sizes.isEmpty } }
        }
        let report = try Synchronizer(group[1], over: link, options: options).run(agreement: nil) { report in
            monitor.change { heard.sizes.append(report.messageBytes) }
        }.0
        #expect(report.inSync)
        #expect(heard.sizes.first == 128 << 10)
        #expect(report.messageBytes ?? 0 >= 1 << 20, "it passed")
    }

    @Test func `the next message is requested before a reply is applied`() throws {
        let group = try group()
        let link = EagerLink(try group.link(to: 0), pipelining: .onCallersThread)
        var positions: [Int64] = []
        link.meanwhile = { _ in positions.append(try group[1].position) }
        let report = try Synchronizer(group[1], over: link, options: smallPieces).run(agreement: nil).0
        #expect(report.inSync)
        #expect(positions[1] == 0)
        #expect(positions[2] > 0)
        #expect(positions.sorted() == positions)
    }

    @Test(arguments: [0, 1], 0..<8)
    func `an interrupted message is sent again`(caller: Int, cut: Int) throws {
        let group = try group()
        let link = EagerLink(try group.link(to: 1 - caller), pipelining: .onCallersThread)
        link.cuts = [cut, cut + 3]
        let report = try Synchronizer(group[caller], over: link, options: smallPieces).run(agreement: nil).0
        #expect(report.inSync)
        #expect(link.cuts.isEmpty)
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
    }

    @Test(arguments: [0, 1], (1..<8).flatMap { [($0, Pipelining.onCallersThread), ($0, .onOwnThread)] })
    func `concurrent edits are exchanged too, and a dropped request ends first`(
        caller: Int, early: (message: Int, pipelining: Pipelining)
    ) throws {
        let group = try group()
        let link = EagerLink(try group.link(to: 1 - caller), pipelining: early.pipelining)
        link.meanwhile = { number in
            if number != early.message { return }
            for replica in 0...1 {
                let store = try Store(opening: group[replica].folder, environment: group.world.environment())
                _ = try store.edit(
                    [
                        Edit(
                            id: RecordID(rawValue: 1), kind: "article",
                            changes: [.init(field: "title", json: Array("\"By \(replica)\"".utf8))])
                    ], author: "ben")
            }
        }
        let report = try Synchronizer(group[caller], over: link, options: smallPieces).run(agreement: nil).0
        #expect(report.inSync)
        #expect(!link.isUsedTwice)
        #expect(try group[0].position == 62)
        #expect(try group[0].openConflicts == 1)
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
    }
}

/// Lets messages be made and sent early, and cuts some of them.
///
/// `@unchecked Sendable`: the exchange uses one thread at a time.
/// Guarded by its user.
private final class HeardSizes: @unchecked Sendable { var sizes: [Int?] = [] }

private final class EagerLink: Transport, @unchecked Sendable {
    private let link: PathTransport
    let pipelining: Pipelining
    /// Numbers of messages whose replies are lost.
    var cuts: Set<Int> = []
    var meanwhile: (_ message: Int) throws -> Void = { _ in }
    /// A message went out before the one before it had ended.
    private(set) var isUsedTwice = false
    private var isInUse = false
    private var count = 0
    var location: String { link.location }

    init(_ link: PathTransport, pipelining: Pipelining) {
        self.link = link
        self.pipelining = pipelining
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        let number = count
        count += 1
        if isInUse { isUsedTwice = true }
        isInUse = true
        defer { isInUse = false }
        try meanwhile(number)
        let cost = try link.exchange(message) { bytes in
            if !cuts.contains(number) { try receive(bytes) }
        }
        if cuts.remove(number) != nil { throw ReplicationError(.cut, "the connection was cut") }
        return cost
    }
}
