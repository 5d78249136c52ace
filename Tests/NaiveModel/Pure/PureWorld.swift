import QuipuCausality

/// Three replicas of an archive with one article, in memory: `Causality` and nothing else.
struct PureWorld: SmallWorld {
    private(set) var replicas: [PureReplica]
    private var backups: [PureReplica]
    private var counts = [0, 0, 0]
    private var held: [ChainHash: Set<ChainHash>] = [:]
    private let models: PureModels

    static let article = NaivePlace(RecordID(rawValue: 7), "article", "")
    static let articleText = "00000000-0000-0000-0000-000000000007"
    static let body = article.sibling("body")

    init(_ models: PureModels) {
        self.models = models
        replicas = Plot.replicas.map { PureReplica(origin: Origin(rawValue: UInt128($0 + 1))) }
        backups = replicas
    }

    struct State: Hashable {
        struct Replica: Hashable {
            let chains: Set<ChainHash>
            let starts: Set<ChainHash>
            let origin: Origin
            let tip: ChainHash?
            let own: Set<ChainHash>
        }
        let replicas: [Replica]
    }

    var state: State {
        State(
            replicas: replicas.map {
                .init(chains: $0.chains, starts: $0.starts, origin: $0.origin, tip: $0.tip, own: $0.own)
            })
    }

    var begun: PureWorld {
        var world = self
        world.backups = replicas
        return world
    }

    func after(_ step: Step) throws -> PureWorld? {
        var world = self
        switch step {
        case .exchange(let one, let other): world.meet(one, other, sending: .max, receiving: .max)
        case .pull(let one, let other): world.meet(one, other, sending: 0, receiving: 1)
        case .cut(let one, let other): world.meet(one, other, sending: 1, receiving: 1)
        case .copy(let from, let to): world.replicas[to] = replicas[from]
        case .putBack(let at): world.replicas[at] = backups[at]
        case .putBackArchive(let at): world.replicas[at] = backups[at].remembering(replicas[at])
        case .compact, .importingOther, .setOther, .join, .joinBack, .part: return nil
        default:
            guard let at = step.writer, world.write(step, at) else { return nil }
        }
        if world.state == state { return nil }
        for replica in world.replicas where replica.log.count > 0 {
            if let wrong = models.complaint(about: replica) { throw Wrong(description: wrong) }
        }
        return world
    }

    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    private mutating func meet(_ one: Int, _ other: Int, sending: Int, receiving: Int) {
        var (first, second) = (replicas[one], replicas[other])
        PureReplica.agree(&first, &second)
        second.send(to: &first, limit: receiving)
        first.send(to: &second, limit: sending)
        replicas[one] = first
        replicas[other] = second
    }

    private mutating func write(_ step: Step, _ at: Int) -> Bool {
        let author = PureAuthor(replica: replicas[at], seat: at, count: counts[at])
        guard let after = author.perform(step) else { return false }
        for chain in after.chains where !replicas[at].chains.contains(chain) {
            held[chain] = replicas[at].chains
        }
        replicas[at] = after
        counts[at] += 1
        return true
    }

    // MARK: the promises

    func complaint() throws -> String? {
        var world = self
        let everything = replicas.reduce(into: Set<ChainHash>()) { $0.formUnion($1.chains) }
        for _ in 0..<2 {
            for (one, other) in [(0, 1), (0, 2), (1, 2)] {
                world.meet(one, other, sending: .max, receiving: .max)
            }
        }
        let first = world.replicas[0]
        for replica in world.replicas {
            if !everything.isSubset(of: replica.chains) { return "a transaction did not reach everybody" }
            if let wrong = models.complaint(about: replica) { return wrong }
            if replica.chains != first.chains || replica.starts != first.starts {
                return "replicas that met do not hold the same"
            }
            if replica.digest != first.digest || replica.names != first.names {
                return "replicas that hold the same differ"
            }
        }
        return LostEdits(models.model(of: first), held: held).complaint
    }
}

/// The naive model of each set of transactions, made once.
final class PureModels {
    private struct Key: Hashable {
        let chains: Set<ChainHash>
        let starts: Set<ChainHash>
    }

    private var models: [Key: NaiveArchive] = [:]
    private(set) var viewCount = 0
    var count: Int { models.count }

    func model(of replica: PureReplica) -> NaiveArchive {
        let key = Key(chains: replica.chains, starts: replica.starts)
        if let known = models[key] { return known }
        let model = NaiveArchive(replica.log, starts: replica.starts)
        models[key] = model
        return model
    }

    /// In what a replica's view is not what the model makes of its log.
    func complaint(about replica: PureReplica) -> String? {
        viewCount += 1
        let model = model(of: replica)
        if let wrong = model.namingComplaint ?? model.keyComplaint ?? model.ownVersionComplaint {
            return wrong
        }
        if replica.names != model.names { return "names differ from the model's" }
        if replica.digest != model.digest { return "the digest differs from the model's" }
        if Set(replica.fields.keys) != Set(model.heads.keys) { return "fields differ from the model's" }
        for (place, field) in replica.fields {
            let heads = Set(field.heads.map(\.key))
            if heads != model.heads[place] { return "heads of \(place) differ from the model's" }
            if heads != field.recomputedHeads() { return "heads of \(place) recomputed are others" }
            if field.visible?.key != model.visible[place]?.key { return "\(place) shows another head" }
            if field.isInConflict != model.contestedFields.contains(place) {
                return "\(place) is\(field.isInConflict ? "" : " not") in conflict"
            }
            if Set(field.importFrontier.map(\.key)) != model.importFrontier(of: place) {
                return "imports of \(place) are compared with others"
            }
        }
        let article = PureWorld.article
        if replica.isDeleted(article) != model.isDeleted(article) {
            return "deleted in one, not in the other"
        }
        if replica.unobservedHeads(of: article) != model.unobservedHeads(of: article) {
            return "the delete has seen something else"
        }
        return nil
    }
}
