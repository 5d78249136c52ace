import Foundation
import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// What a source yielded, in forms that are easy to compare.
struct Reading {
    var items: [SourceItem] = []
    var rejections: [(place: SourcePlace, reason: String)] = []
    var remarks: [String] = []
    var remarkLines: [Int] = []

    init() {}

    init(_ text: String, as format: SourceFormat? = nil, name: String = "memory") throws {
        try self.init(Array(text.utf8), as: format, name: name)
    }

    init(_ bytes: [UInt8], as format: SourceFormat? = nil, name: String = "memory") throws {
        try self.init(openSource(ByteSource(bytes: bytes, name: name), as: format))
    }

    init(path: String, as format: SourceFormat? = nil) throws {
        try self.init(openSource(at: path, as: format))
    }

    init(_ reader: any SourceReader) throws {
        var reader = reader
        while let event = try reader.next() {
            switch event {
            case .item(let item): items.append(item)
            case .rejected(let place, let reason): rejections.append((place, reason))
            case .remark(let place, let text):
                remarks.append(text)
                remarkLines.append(place.line)
            }
        }
        for item in items {
            let names = item.fields.map(\.name)
            #expect(names == names.sorted(by: precedesInUTF16))
            for field in item.fields { #expect(isCanonicalJSON(field.value)) }
        }
    }

    /// The fields of each item, name to canonical text.
    var fields: [[String: String]] { items.map(\.texts) }
}

extension SourceItem {
    var texts: [String: String] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) })
    }
}

/// A folder of its own, removed with the value.
final class ScratchFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "interchange-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = path + "/" + name
        let folder = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try ((bytes as? Data) ?? Data(bytes)).write(to: URL(fileURLWithPath: file))
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }
}
