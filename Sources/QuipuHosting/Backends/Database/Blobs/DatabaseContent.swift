internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuStorage
internal import Synchronization

/// A content in the database, read part by part; at most one part is in memory.
final class DatabaseContent: BlobContent {
    let sizeBytes: UInt64
    private let hash: BlobHash
    private let table: BlobTable
    private let pool: DatabasePool
    private let last = Mutex<(number: UInt64, bytes: [UInt8])?>(nil)

    init(_ hash: BlobHash, sizeBytes: UInt64, in table: BlobTable, over pool: DatabasePool) {
        (self.hash, self.sizeBytes, self.table, self.pool) = (hash, sizeBytes, table, pool)
    }

    var descriptor: Int32? { nil }

    func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        let (left, isBehind) = sizeBytes.subtractingReportingOverflow(offset)
        if isBehind { return [] }
        let end = offset + min(UInt64(count), left)
        var found: [UInt8] = []
        while offset + UInt64(found.count) < end {
            let place = offset + UInt64(found.count)
            let (number, start) = place.quotientAndRemainder(dividingBy: UInt64(BlobTable.partBytes))
            let part = try part(number)
            found += part[Int(start)..<min(part.count, Int(start) + Int(end - place))]
        }
        return found
    }

    private func part(_ number: UInt64) throws -> [UInt8] {
        try last.withLock { last in
            if let last, last.number == number { return last.bytes }
            let bytes = try fetch(number)
            last = (number, bytes)
            return bytes
        }
    }

    /// - Throws: `StorageError.damaged` if a part has not the length that it must have.
    private func fetch(_ number: UInt64) throws -> [UInt8] {
        let size = UInt64(BlobTable.partBytes)
        let bytes = try pool.retrying { try table.part(number, of: hash, on: $0) }
        guard UInt64(bytes.count) == min(size, sizeBytes - number * size) else {
            throw Problem.presenting(BlobDamage(hash: hash, part: number))
        }
        return bytes
    }

    /// The hash of all held bytes, read from the database.
    func computeHash() throws -> BlobHash {
        var computed = SHA256()
        for number in 0..<(sizeBytes + UInt64(BlobTable.partBytes) - 1) / UInt64(BlobTable.partBytes) {
            try fetch(number).withUnsafeBytes { computed.update($0) }
        }
        return computed.finish()
    }
}
