internal import QuipuCausality
public import QuipuReplication
public import QuipuStorage

/// A group of replicas of one archive in a temporary folder, with one clock and one source of randomness.
public final class Replicas {
    public let folder: TemporaryFolder
    public let world: FakeWorld
    public internal(set) var stores: [Store] = []
    /// The worlds of those whose clocks are not as usual.
    var environments: [Int: Environment] = [:]

    public init(_ count: Int, seed: UInt64 = 1) throws {
        folder = try TemporaryFolder()
        world = FakeWorld(seed: seed)
        let first = try Store.create(
            in: folder.path(of: "replica0"), name: "test", environment: world.environment())
        stores.append(first)
        for index in 1..<max(count, 1) {
            stores.append(
                try Store.create(
                    in: folder.path(of: "replica\(index)"), id: first.id, name: "test",
                    environment: world.environment()))
        }
    }

    public subscript(index: Int) -> Store { stores[index] }

    @discardableResult
    public func sync(_ from: Int, _ to: Int, agreement: Agreement? = nil) throws -> (SyncReport, Agreement?) {
        let transport = try PathTransport(
            path: stores[to].folder.workPath,
            environment: environments[to] ?? world.environment())
        world.advance(milliseconds: 1_000)
        return try Synchronizer(stores[from], over: transport).run(agreement: agreement)
    }

    /// Everyone with everyone, until all have all.
    public func syncAll() throws {
        for _ in 0..<2 {
            for from in stores.indices {
                for to in stores.indices where to != from { try sync(from, to) }
            }
        }
    }

    /// A record with fields by hand; its id counts up.
    public func add(
        _ fields: [(String, String)], kind: String = "article", id: UInt128, at replica: Int,
        author: String = "ana"
    ) throws {
        world.advance(milliseconds: 1)
        _ = try stores[replica].edit(
            [
                Edit(
                    id: RecordID(rawValue: id), kind: kind,
                    changes: fields.map { Edit.Change(field: $0.0, json: Array($0.1.utf8)) })
            ],
            author: author)
    }
}
