import QuipuSQLite
import Testing

struct BindingTests {
    /// What comes back when an argument is bound and selected.
    struct Echo: Equatable {
        let type: String
        let bytes: [UInt8]?
        let isNull, isBlob: Bool
    }

    static func echo(_ argument: Argument) throws -> Echo {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        var rows = try connection.rows("SELECT TYPEOF(?1), ?1", argument)
        let isThere = try rows.next()
        try #require(isThere)
        return Echo(
            type: rows.text(0), bytes: rows.optionalBytes(1), isNull: rows.isNull(1), isBlob: rows.isBlob(1))
    }

    @Test(
        arguments: [[], [0], [0xff, 0xfe, 0x00, 0x41], Array(0...255), [UInt8](repeating: 9, count: 70_000)]
            as [[UInt8]])
    func `a blob is read back byte for byte, the empty one too`(bytes: [UInt8]) throws {
        #expect(try Self.echo(.blob(bytes)) == Echo(type: "blob", bytes: bytes, isNull: false, isBlob: true))
    }

    @Test(arguments: ["", "a", "Lenín", "e\u{301}", "日本", "😀", "\u{feff}x", "a\u{0}b", "\u{0}", "line\nline"])
    func `text is read back unchanged, empty or with a NUL in it`(text: String) throws {
        let expected = Echo(type: "text", bytes: Array(text.utf8), isNull: false, isBlob: false)
        #expect(try Self.echo(.text(text)) == expected)
        #expect(try Self.echo(.utf8(Array(text.utf8))) == expected)
    }

    @Test(arguments: [[0x41, 0xff, 0x42], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]] as [[UInt8]])
    func `ill-formed UTF-8 keeps its bytes and reads as repaired text`(bytes: [UInt8]) throws {
        #expect(try Self.echo(.utf8(bytes)).bytes == bytes)
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        let text = try connection.text("SELECT ?1", .utf8(bytes))
        #expect(text == String(decoding: bytes, as: UTF8.self))
        #expect(text?.contains("\u{fffd}") == true)
    }

    @Test(arguments: [.min, -1, 0, 1, (1 << 53) + 1, .max] as [Int64])
    func `integers are read back over the whole range`(value: Int64) throws {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        #expect(try connection.integer("SELECT ?1", .integer(value)) == value)
        #expect(try Self.echo(.integer(value)).type == "integer")
    }

    @Test(
        arguments: [0.0, -0.0, 0.1, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
            as [Double])
    func `reals are read back`(value: Double) throws {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        var rows = try connection.rows("SELECT ?1", .real(value))
        let isThere = try rows.next()
        #expect(isThere)
        #expect(rows.real(0) == value)
    }

    @Test
    func `nil is bound as NULL`() throws {
        let null = Echo(type: "null", bytes: nil, isNull: true, isBlob: false)
        #expect(try Self.echo(.null) == null)
        #expect(try Self.echo(.text(nil as String?)) == null)
        #expect(try Self.echo(.blob(nil as [UInt8]?)) == null)
        #expect(try Self.echo(.utf8(nil as [UInt8]?)) == null)
        #expect(try Self.echo(.integer(nil as Int64?)) == null)
        #expect(try Self.echo(.real(.nan)) == null, "SQLite has no NaN")
    }

    @Test
    func `true and false are bound as 1 and 0`() throws {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        var rows = try connection.rows("SELECT ?1, ?2", .boolean(true), .boolean(false))
        let isThere = try rows.next()
        #expect(isThere && rows.integer(0) == 1 && rows.integer(1) == 0)
        #expect(rows.boolean(0) && !rows.boolean(1))
    }

    @Test
    func `a missing row and NULL both read as nil`() throws {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        #expect(try connection.integer("SELECT NULL") == nil)
        #expect(try connection.integer("SELECT 1 WHERE 0") == nil)
        #expect(try connection.text("SELECT NULL") == nil)
        #expect(try connection.bytes("SELECT 1 WHERE 0") == nil)
        #expect(try connection.bytes("SELECT X''") == [])
        #expect(try connection.text("SELECT ''") == "")
    }

    @Test
    func `a value does not stay bound for the next run`() throws {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        func select(_ arguments: [Argument]) throws -> String? {
            var rows = try connection.rows("SELECT ?1", arguments)
            return try rows.next() ? rows.optionalText(0) : "no row"
        }
        #expect(try select([.text("secret")]) == "secret")
        #expect(try select([]) == nil)
    }

    @Test
    func `more values than placeholders is an error that leaves no statement busy`() throws {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        let error = failure { try connection.run("SELECT ?1", .integer(1), .integer(2)) }
        #expect(error?.code.rawValue == 25, "SQLITE_RANGE")
        #expect(!connection.isBusy)
    }
}
