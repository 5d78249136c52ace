import Foundation
import QuipuCausality
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// A copy with a long log is checked in parts, by two threads.
@Suite struct LongCopyTests {
    /// 700 transactions: plain records of each part of the log, some with what hangs on them, and some changed later.
    private static let original = Result { try makeBackup() }

    private static func makeBackup() throws -> (bytes: Data, digest: Digest) {
        let group = try Replicas(1)
        let target = RecordID(rawValue: 1).text
        for index in 1...600 {
            let fields =
                [("text", "\"Note \(index)\"")] + (index % 5 == 0 ? [("target", "\"\(target)\"")] : [])
            try group.add(fields, kind: index == 1 ? "article" : "note", id: UInt128(index), at: 0)
        }
        for index in 1...100 {
            try group.add([("text", "\"Note \(index) again\"")], kind: "note", id: UInt128(6 * index), at: 0)
        }
        let path = group.folder.path(of: "backup.sqlite")
        try group[0].backUp(to: path)
        return (try Data(contentsOf: URL(filePath: path)), try group[0].digest)
    }

    private static func backup(in folder: TemporaryFolder) throws -> (path: String, digest: Digest) {
        let (bytes, digest) = try original.get()
        let path = folder.path(of: "backup.sqlite")
        try bytes.write(to: URL(filePath: path))
        return (path, digest)
    }

    @Test func `a sound long copy is accepted`() throws {
        let folder = try TemporaryFolder()
        let (path, digest) = try Self.backup(in: folder)
        let store = try Store.create(in: folder.path(of: "copy"), copyOf: path)
        #expect(try store.digest == digest)
        let report = try store.verify()
        #expect(report.damaged == [])
        #expect(report.digest == digest)
    }

    @Test(arguments: [
        "UPDATE log SET chain = zeroblob(32) WHERE position = 200",
        "UPDATE log SET chain = zeroblob(32) WHERE position = 256",
        "UPDATE log SET chain = zeroblob(32) WHERE position = 257",
        "UPDATE log SET chain = zeroblob(32) WHERE position = 650",
        "UPDATE log SET stamp = stamp + 1 WHERE position = 511",
        "DELETE FROM log WHERE position = 258",
        "DELETE FROM log WHERE position = 700",
        "UPDATE origin SET sequence = sequence - 1",
        "UPDATE record SET fields = json_set(fields, '$.text', 'other') WHERE row = 301",
        "UPDATE record SET fields = json_set(fields, '$.text', 'other') WHERE row = 300",
        "UPDATE record SET fields = json_set(fields, '$.word', 'more') WHERE row = 301",
        "UPDATE record SET base = 400 WHERE row = 301",
        "UPDATE record SET handle = handle + 1 WHERE row = 301",
        "DELETE FROM record WHERE row = 301",
        "DELETE FROM hanging WHERE record = 305",
        "UPDATE archive SET digest = zeroblob(16)",
    ])
    func `damage is detected in any part of a long copy`(damage: String) throws {
        let folder = try TemporaryFolder()
        let (path, _) = try Self.backup(in: folder)
        let database = try Connection(path: path, options: .init(mode: .readWrite))
        try database.execute(damage)
        let error = #expect(throws: StorageError.self) {
            _ = try Store.create(in: folder.path(of: "copy"), copyOf: path)
        }
        #expect(error?.code == .damaged, "\(String(describing: error))")
    }
}
