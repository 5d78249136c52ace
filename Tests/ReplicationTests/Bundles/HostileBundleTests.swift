import Foundation
import QuipuCausality
import QuipuStorage
import Support
import Testing

@testable import QuipuReplication

/// Bundles that somebody forged, mixed or damaged.
@Suite struct HostileBundleTests {
    private let scene: BundleScene

    init() throws {
        scene = try BundleScene(3)
        for id in 0..<20 { try scene.group.add([("title", "\"A\(id)\"")], id: UInt128(id), at: 0) }
    }

    @Test func `a part that an unknown key signed under a trusted sender's bundle id is not applied`() throws
    {
        try scene.create("a", from: 0)
        try scene.apply(["a"], to: 1)
        try scene.group.add([("title", "\"Forged\"")], id: 99, at: 2)
        try scene.create("c", from: 2)
        let forger = try scene.group[2].bundleSenders.ownKey()
        var header = try BundlePart(reading: scene.path("c")).header
        header.bundle = try BundlePart(reading: scene.path("a")).header.bundle
        header.part = 2
        try write(header, blocksOf: "c", signedBy: forger, to: "forged")
        #expect(
            code { try BundleApplication.apply(["a", "forged"].map(scene.path), to: scene.group[1]) }
                == .unknownSender)
        #expect(
            try scene.group[1].log.vector().sequence(of: SigningKey.origin(ofPublicKey: forger.publicKey))
                == 0)
        // The same key, and another name: not parts of one bundle.
        var other = try BundlePart(reading: scene.path("c")).header
        other.part = 2
        other.senderName = "somebody"
        try write(other, blocksOf: "c", signedBy: forger, to: "other")
        #expect(code { try scene.apply(["c", "other"], to: 1) } == .wrongSignature)
    }

    @Test func `a part number beyond what a bundle has is refused`() throws {
        try scene.create("a", from: 0)
        var header = try BundlePart(reading: scene.path("a")).header
        header.part = .max
        try write(header, blocksOf: "a", signedBy: scene.group[0].bundleSenders.ownKey(), to: "far")
        #expect(throws: (any Error).self) { try BundleInspection.inspect([scene.path("far")]) }
        header.part = BundleHeader.maximumParts
        try write(header, blocksOf: "a", signedBy: scene.group[0].bundleSenders.ownKey(), to: "last")
        let completeness = try BundleInspection.inspect([scene.path("last")])[0].completeness
        #expect(completeness.damages.count == 100)
        #expect(completeness.hasFurtherDamages)
    }

    @Test func `a bit that flipped in a block's signature is damage, and the other blocks are applied`()
        throws
    {
        try scene.create("a", from: 0, blockBytes: 256)
        let blocks = try scene.blocks("a")
        #expect(blocks.count > 6)
        // Of the last block with transactions, and of the end.
        for index in [blocks.count - 2, blocks.count - 1] {
            var changed = blocks
            changed[index][40] ^= 1
            try scene.write(BundleBlock.magic + changed.joined(), to: "flipped")
            let report = try scene.applyToFreshReplica("flipped")
            #expect(report.appliedCount > 0)
            #expect(report.holdsAll == (index == blocks.count - 1))
            #expect(!report.completeness.isWhole)
            let start = BundleBlock.magic.count + changed[..<index].reduce(0) { $0 + $1.count }
            #expect(
                report.completeness.damages.first
                    == .rotten(path: scene.path("flipped"), bytes: start..<start + changed[index].count))
        }
        var changed = blocks
        changed[0][40] ^= 1
        try scene.write(BundleBlock.magic + changed.joined(), to: "flipped")
        #expect(code { try scene.apply(["flipped"], to: 1) } == .wrongSignature)
    }

    @Test(arguments: [["cut", "a"], ["a", "cut"]])
    func `a damaged copy of a part does not displace a whole one`(_ names: [String]) throws {
        try scene.create("a", from: 0, blockBytes: 256)
        try scene.write(Array(try scene.bytes("a").prefix(1_500)), to: "cut")
        let report = try scene.apply(names, to: 1)
        #expect(report.count == 1)
        #expect(report[0].completeness.isWhole && report[0].holdsAll)
        #expect(report[0].transactionCount == 20)
        #expect(report[0].completeness.parts == [1])
        #expect(try BundleInspection.inspect(names.map(scene.path))[0].transactionCount == 20)
    }

    @Test func `bytes that look like the beginnings of blocks cost no more than a few times their number`()
        throws
    {
        // Each looks like a block of a megabyte, of which the hash is wrong.
        var bytes = BundleBlock.magic
        let head = BundleBlock.marker + [2, 0, 0, 0, 1, 0, 0x10, 0, 0]
        while bytes.count < 4 << 20 { bytes += head }
        var readBytes = 0
        var reader = try #require(
            try BundlePartReader(sizeBytes: bytes.count) { range in
                readBytes += range.count
                return Array(bytes[range])
            })
        while try reader.next() != nil {}
        #expect(readBytes < 6 * bytes.count)
        // A part that does not begin with a header is not searched at all.
        try scene.write(bytes, to: "hostile")
        #expect(code { try scene.apply(["hostile"], to: 1) } == .damaged)
    }

    @Test func `blocks that do not add up to what the sender's last block says are not a whole bundle`()
        throws
    {
        try scene.create("a", from: 0, blockBytes: 256)
        let key = try scene.group[0].bundleSenders.ownKey()
        let header = try BundlePart(reading: scene.path("a")).header
        let blocks = try scene.blocks("a").map { Array($0[92...]) }
        var bytes = BundleBlock.magic
        for (index, payload) in blocks.enumerated() {
            let kinds: [BundleBlock.Kind] = [.header, .knowledge]
            let kind = kinds.dropFirst(index).first ?? (index == blocks.count - 1 ? .end : .message)
            // One block stands twice.
            let used = index == 3 ? blocks[2] : payload
            bytes += BundleBlock(kind, UInt32(index), used, ofPart: 1, of: header.bundle, by: key).bytes
        }
        try scene.write(bytes, to: "twice")
        #expect(try !BundleInspection.inspect([scene.path("twice")])[0].completeness.isWhole)
    }

    /// A part with another header, signed again as a whole.
    private func write(
        _ header: BundleHeader, blocksOf name: String, signedBy key: SigningKey, to other: String
    ) throws {
        var bytes = BundleBlock.magic
        for (index, block) in try scene.blocks(name).enumerated() {
            guard let kind = BundleBlock.Kind(rawValue: block[3]) else { continue }
            let payload = kind == .header ? header.encoded : Array(block[92...])
            bytes +=
                BundleBlock(
                    kind, UInt32(index), payload, ofPart: header.part, of: header.bundle, by: key
                ).bytes
        }
        try scene.write(bytes, to: other)
    }

    private func code(_ body: () throws -> [BundleReport]) -> ReplicationError.Code? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? ReplicationError)?.code }
    }
}
