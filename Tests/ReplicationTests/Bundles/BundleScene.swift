import Foundation
import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support

/// Replicas that only exchange files.
struct BundleScene {
    let group: Replicas
    let stick: TemporaryFolder

    init(_ count: Int, seed: UInt64 = 1) throws {
        group = try Replicas(count, seed: seed)
        stick = try TemporaryFolder()
    }

    func path(_ name: String) -> String { stick.path(of: name) }

    /// What `from` has for `to`, by what `to` told; for anybody without `to`.
    @discardableResult
    func create(
        _ name: String, from: Int, for to: Int? = nil, splitBytes: Int? = nil, blockBytes: Int = 1 << 20
    ) throws -> BundleCreation.Report {
        var options = BundleCreation.Options(path: path(name), senderName: "replica\(from)")
        options.splitBytes = splitBytes
        options.replacesExisting = true
        options.blockBytes = blockBytes
        if let to {
            let key = try group[to].bundleSenders.ownKey().publicKey
            let sender = try group[from].bundleSenders.all().first { $0.key == key }
            options.receiver = BundleCreation.Receiver(
                origin: SigningKey.origin(ofPublicKey: key), name: "replica\(to)",
                told: sender.flatMap { BundleKnowledge(remembered: $0.told) } ?? BundleKnowledge())
        }
        group.world.advance(milliseconds: 1_000)
        return try BundleCreation.create(from: group[from], options)
    }

    @discardableResult
    func apply(_ names: [String], to: Int, acceptsDeletions: Bool = false) throws -> [BundleReport] {
        var options = BundleApplication.Options()
        options.trusts = { _ in true }
        options.acceptsDeletions = acceptsDeletions
        return try BundleApplication.apply(names.map(path), to: group[to], options)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    func size(_ name: String) throws -> Int { try bytes(name).count }

    func areEqual(_ first: Int, _ second: Int) throws -> Bool {
        try group[first].digest == group[second].digest
            && group[first].log.knowledge() == group[second].log.knowledge()
    }
}
