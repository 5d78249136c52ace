import Foundation
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// Replicas in which long texts are edited, and what every text that they ever had should be.
struct TextScene {
    let group: Replicas
    var prose: Prose
    private(set) var texts: [ValueHash: [UInt8]] = [:]

    init(_ count: Int = 1, seed: UInt64 = 1) throws {
        group = try Replicas(count, seed: seed)
        prose = Prose(seed: seed)
    }

    @discardableResult
    mutating func set(
        _ field: String = "body", to text: [UInt8], of id: UInt128 = 7, at replica: Int = 0
    ) throws -> ValueHash {
        let hash = ValueHash(of: text)
        texts[hash] = text
        try group.add([(field, String(decoding: text, as: UTF8.self))], id: id, at: replica)
        return hash
    }

    /// Gives a field one text after another, each with one word changed.
    mutating func edit(
        _ field: String = "body", bytes: Int = 4_000, times: Int, of id: UInt128 = 7, at replica: Int = 0
    ) throws -> [ValueHash] {
        var words = prose.words(bytes: bytes)
        var hashes = [try set(field, to: Prose.json(words), of: id, at: replica)]
        for _ in 0..<times {
            prose.edit(&words)
            hashes.append(try set(field, to: Prose.json(words), of: id, at: replica))
        }
        return hashes
    }

    /// Every text that is held is what it was, and nothing is wrong.
    func expectSound(_ replica: Int = 0, _ comment: String = "") throws {
        #expect(try group[replica].verify().damaged == [], "\(comment)")
        for (hash, text) in texts {
            guard let held = try group[replica].texts.text(of: hash) else { continue }
            #expect(held == text, "\(comment)")
        }
        #expect(group[replica].archive.unwrittenTexts.isEmpty)
    }

    func expectAll(_ hashes: [ValueHash], at replica: Int = 0) throws {
        for hash in hashes { #expect(try group[replica].texts.text(of: hash) == texts[hash]) }
    }

    /// How each text that stands by itself is kept, by what each stands on.
    func rows(_ replica: Int = 0) throws -> [ValueHash: CompressedText.Head?] {
        var found: [ValueHash: CompressedText.Head?] = [:]
        var rows = try group[replica].database.rows("SELECT hash, json FROM text")
        while try rows.next() {
            let hash = try #require(ValueHash(bytes: rows.bytes(0)))
            found[hash] = .some(CompressedText.Head(rows.bytes(1)))
        }
        return found
    }

    /// Whether a text stands by itself as it is.
    func isWhole(_ hash: ValueHash, _ replica: Int = 0) throws -> Bool {
        try rows(replica)[hash].map { $0 == nil } ?? false
    }

    /// The longest chain of compressed texts.
    func depth(_ replica: Int = 0) throws -> Int {
        let rows = try rows(replica)
        var longest = 0
        for hash in rows.keys {
            var length = 0
            var next: ValueHash? = hash
            while let link = next, let head = rows[link] ?? nil {
                length += 1
                next = head.base
                if length > rows.count { return .max }
            }
            longest = max(longest, length)
        }
        return longest
    }

    /// Bytes of the archive's file with all that was written in it.
    func size(_ replica: Int = 0) throws -> Int {
        try group[replica].database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        let path = group[replica].folder.storePath
        return try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    /// For what nobody would write.
    func open(_ replica: Int = 0) throws -> Connection {
        try Connection(path: group[replica].folder.storePath, options: .init(mode: .readWrite))
    }
}
