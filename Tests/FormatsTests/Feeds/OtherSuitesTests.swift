import Foundation
import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// Files of other projects, to measure readers by: each file below the folder `QUIPU_SUITE` is read, and what came of it is
/// written to the file `QUIPU_SUITE_RESULT`, a JSON object a line. Without them there is nothing to read.
@Suite struct OtherSuitesTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test(.enabled(if: environment["QUIPU_SUITE"] != nil))
    func `every file of another project's suite is read to its end`() throws {
        let folder = try #require(Self.environment["QUIPU_SUITE"])
        let format = try Self.environment["QUIPU_SUITE_FORMAT"].map { try SourceFormat(named: $0) }
        var options = SourceOptions()
        options.address = Self.environment["QUIPU_SUITE_ADDRESS"]
        var lines: [UInt8] = []
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        for file in files.sorted() {
            var isFolder: ObjCBool = false
            let path = folder + "/" + file
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
            else {
                continue
            }
            lines += Self.result(path, file, format, options).canonicalBytes() + [0x0A]
        }
        #expect(!lines.isEmpty)
        if let result = Self.environment["QUIPU_SUITE_RESULT"] {
            try Data(lines).write(to: URL(fileURLWithPath: result))
        }
    }

    private static func result(
        _ path: String, _ file: String, _ format: SourceFormat?, _ options: SourceOptions
    ) -> JSONValue {
        var items: [JSONValue] = []
        var words: [JSONValue] = []
        do {
            var reader = try openSource(at: path, as: format, options)
            while let event = try reader.next() {
                switch event {
                case .item(let item): items.append(value(of: item))
                case .rejected(_, let reason): words.append(.string("rejected: " + reason))
                case .remark(_, let remark): words.append(.string(remark))
                }
            }
        } catch {
            words.append(.string("unusable: \(error.message)"))
        }
        return .object([
            JSONMember(name: "file", value: .string(file)), JSONMember(name: "items", value: .array(items)),
            JSONMember(name: "words", value: .array(words)),
        ])
    }

    private static func value(of item: SourceItem) -> JSONValue {
        var members = item.fields.map {
            JSONMember(name: $0.name, value: (try? JSONParser().parse($0.value[...])) ?? .null)
        }
        members.append(JSONMember(name: "kind", value: .string(item.kind)))
        members.append(JSONMember(name: "tags", value: .array(item.tags.map { .string($0) })))
        if let id = item.foreignID { members.append(JSONMember(name: "foreignID", value: .string(id))) }
        if let producer = item.producer {
            members.append(JSONMember(name: "producer", value: .string(producer)))
        }
        return .object(members)
    }
}
