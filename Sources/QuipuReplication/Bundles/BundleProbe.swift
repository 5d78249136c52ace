/// Reads bytes as a bundle or as what stands in its blocks, for tests with hostile bytes.
package enum BundleProbe {
    package enum Outcome: Equatable {
        case refused
        case read
        /// What was read, written and read again is not the same.
        case differs(String)
    }

    /// As a part file: every event is taken, and the ranges of a file do not overlap.
    package static func read(_ bytes: [UInt8]) -> Outcome {
        guard
            var reader = try? BundlePartReader(
                sizeBytes: bytes.count, bytes: { Array(bytes[$0.clamped(to: 0..<bytes.count)]) })
        else { return .refused }
        var last = reader.offset
        while let event = try? reader.next() {
            if case .block(let block) = event, block.bytes.count > bytes.count {
                return .differs("a block is larger than its file")
            }
            if case .damaged(let range) = event, range.isEmpty || range.lowerBound != last {
                return .differs("a damaged range does not follow what is before it")
            }
            last = reader.offset
        }
        return .read
    }

    package static func decodeHeader(_ bytes: [UInt8]) -> Outcome {
        guard let header = try? BundleHeader(decoding: bytes) else { return .refused }
        guard let again = try? BundleHeader(decoding: header.encoded), again == header else {
            return .differs("a bundle's header that was read is not the one that is written")
        }
        return .read
    }

    package static func decodeKnowledge(_ bytes: [UInt8]) -> Outcome {
        var told = BundleKnowledge()
        do { try told.add(decoding: bytes) } catch { return .refused }
        guard let again = BundleKnowledge(remembered: told.remembered), again == told else {
            return .differs("knowledge that was read is not remembered")
        }
        return .read
    }

    package static func decodeEnd(_ bytes: [UInt8]) -> Outcome {
        guard let end = try? BundleEnd(decoding: bytes) else { return .refused }
        return end.encoded == bytes
            ? .read : .differs("a bundle's end that was read is not the one that is written")
    }
}
