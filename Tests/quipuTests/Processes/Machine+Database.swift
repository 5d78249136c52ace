import Foundation
import QuipuSQLite
import Support
import Testing

/// What any SQLite tool sees of a machine's archive, read while another process uses it.
extension Machine {
    /// Where the archive's own files are.
    var archiveFolder: String { folder + "/.quipu" }

    private func connection(_ file: String = "archive.sqlite") throws -> Connection {
        try Connection(path: archiveFolder + "/" + file, options: .init(mode: .readOnly))
    }

    /// The chain hashes of all transactions in the log: none where there is no archive.
    var chains: Set<[UInt8]> {
        get throws {
            guard FileManager.default.fileExists(atPath: storePath) else { return [] }
            let connection = try connection()
            guard try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0 > 0 else { return [] }
            var found: Set<[UInt8]> = []
            var rows = try connection.rows("SELECT chain FROM log")
            while try rows.next() { found.insert(rows.bytes(0)) }
            return found
        }
    }

    /// The digest as it is kept.
    var keptDigest: [UInt8]? { get throws { try connection().bytes("SELECT digest FROM archive") } }

    /// What SQLite itself finds wrong with either database. One that was never made, and left a journal to be rolled
    /// back, is passed over: looking at it would change it.
    func flaws() throws -> [String] {
        let exists = FileManager.default.fileExists(atPath:)
        return try ["archive.sqlite", "local.sqlite"].compactMap { file in
            let path = archiveFolder + "/" + file
            guard exists(path), !exists(path + "-journal") else { return nil }
            let verdict = try connection(file).text("PRAGMA integrity_check") ?? "nothing"
            return verdict == "ok" ? nil : "\(path): \(verdict)"
        }
    }

    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let flaws = try flaws()
        #expect(flaws.isEmpty, sourceLocation: sourceLocation)
    }
}
