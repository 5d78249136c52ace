import QuipuCanonicalJSON
import QuipuFormats
import Testing

/// What damaged files must come to: an end, with items or with words.
enum Damage {
    /// Cut at every place (of long files at each of a few hundred), a reader ends, and yields no more items than of the
    /// whole.
    /// - Parameter most: how many items there may be, where it is not those of the whole.
    static func cut(_ bytes: [UInt8], as format: SourceFormat, most: Int? = nil) throws {
        let whole = try most ?? Reading(bytes, as: format).items.count
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
            if let reading = read(Array(bytes[..<count]), as: format) {
                #expect(reading.items.count <= whole, "cut at \(count)")
            }
            _ = read(Array(bytes[count...]), as: format)
        }
    }

    /// With single bytes changed, or removed.
    static func change(_ bytes: [UInt8], as format: SourceFormat) {
        var random = RandomValues(seed: 15)
        for _ in 0..<200 where !bytes.isEmpty {
            var changed = bytes
            for _ in 0...random.below(3) {
                let place = random.below(changed.count)
                switch random.below(3) {
                case 0: changed[place] = UInt8(truncatingIfNeeded: random.below(256))
                case 1:
                    changed.insert(
                        contentsOf: changed[place..<min(changed.count, place + random.below(20))], at: place)
                default:
                    if changed.count > 1 {
                        changed.removeSubrange(place..<min(changed.count, place + 1 + random.below(8)))
                    }
                }
            }
            _ = read(changed, as: format)
        }
    }

    /// - Returns: nil for a file that is unusable as a whole.
    @discardableResult
    static func read(_ bytes: [UInt8], as format: SourceFormat) -> Reading? {
        do {
            return try Reading(bytes, as: format)
        } catch let error as InterchangeError {
            #expect(!error.hint.isEmpty)
        } catch {
            Issue.record(error)
        }
        return nil
    }
}

extension SourceItem {
    /// A field that is a text; of another one its JSON.
    func text(_ field: String) -> String? {
        self[field].map { decodeString($0) ?? String(decoding: $0, as: UTF8.self) }
    }
}
