import Foundation
import QuipuSQLite

/// A folder of a test's own, which removes it at its end.
struct TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }

    func contents(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    func open(
        _ name: String = "test.sqlite", _ mode: Connection.Mode = .readWriteCreate,
        busyTimeoutMilliseconds: Int32 = 0, isForeign: Bool = false
    ) throws -> Connection {
        try Connection(
            path: file(name),
            options: .init(mode: mode, busyTimeoutMilliseconds: busyTimeoutMilliseconds, isForeign: isForeign)
        )
    }
}

/// The error that `body` throws; nil when it throws none.
func failure(_ body: () throws -> Void) -> SQLiteError? {
    do {
        try body()
        return nil
    } catch { return error as? SQLiteError }
}
