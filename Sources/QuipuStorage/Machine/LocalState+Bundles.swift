internal import QuipuCausality
internal import QuipuSQLite

extension LocalState {
    /// The key that this replica writes and signs under now.
    func signingKey() throws -> SigningKey {
        var rows = try database.rows("SELECT secret FROM replica")
        guard try rows.next(), let key = SigningKey(seed: rows.bytes(0)) else {
            throw StorageError.damaged(database.path, "it does not say who this replica is")
        }
        return key
    }

    /// The number of the next bundle; no other has it.
    func nextBundleNumber(freshIncarnation: UInt128) throws -> BundleNumber {
        try database.transaction(.immediate) {
            try database.run(
                """
                INSERT INTO bundle_number (singleton, incarnation, counter) VALUES (1, ?, 1)
                ON CONFLICT (singleton) DO UPDATE SET counter = counter + 1
                """, .blob(bytes(of: freshIncarnation)))
            var rows = try database.rows("SELECT incarnation, counter FROM bundle_number")
            guard try rows.next() else { return BundleNumber(incarnation: freshIncarnation, counter: 1) }
            return BundleNumber(
                incarnation: number(of: rows.bytes(0)), counter: UInt64(clamping: rows.integer(1)))
        }
    }

    func renumberBundles(incarnation: UInt128) throws {
        try database.run(
            "INSERT OR REPLACE INTO bundle_number (singleton, incarnation, counter) VALUES (1, ?, 0)",
            .blob(bytes(of: incarnation)))
    }

    func bundleSenders() throws -> [BundleSender] {
        var found: [BundleSender] = []
        var rows = try database.rows(
            "SELECT key, name, incarnation, counter, made_at, told FROM bundle_sender ORDER BY name, key")
        while try rows.next() {
            found.append(
                BundleSender(
                    key: rows.bytes(0), name: rows.text(1),
                    number: BundleNumber(
                        incarnation: number(of: rows.bytes(2)), counter: UInt64(clamping: rows.integer(3))),
                    madeAtMilliseconds: rows.integer(4), told: rows.bytes(5)))
        }
        return found
    }

    func note(_ sender: BundleSender) throws {
        try database.run(
            """
            INSERT OR REPLACE INTO bundle_sender (key, name, incarnation, counter, made_at, told)
            VALUES (?, ?, ?, ?, ?, ?)
            """, .blob(sender.key), .text(sender.name), .blob(bytes(of: sender.number.incarnation)),
            .integer(Int64(clamping: sender.number.counter)), .integer(sender.madeAtMilliseconds),
            .blob(sender.told))
    }

    private func bytes(of number: UInt128) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private func number(of bytes: [UInt8]) -> UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }
}

extension LocalState {
    func linkSpeed(remote name: String) throws -> Int? {
        try database.integer("SELECT bytes_per_second FROM link_speed WHERE remote = ?", .text(name))
            .flatMap { (1...Self.greatestLinkSpeed).contains($0) ? Int($0) : nil }
    }

    /// Bytes a second: 100 gigabits. More was never measured on a link.
    private static let greatestLinkSpeed: Int64 = 12_500_000_000

    func noteLinkSpeed(_ bytesPerSecond: Int, remote name: String, nowMilliseconds: Int64) throws {
        try database.run(
            "INSERT OR REPLACE INTO link_speed (remote, bytes_per_second, measured_at) VALUES (?, ?, ?)",
            .text(name), .integer(Int64(bytesPerSecond)), .integer(nowMilliseconds))
    }
}
