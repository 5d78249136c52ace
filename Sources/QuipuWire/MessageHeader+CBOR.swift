package import QuipuCBOR
internal import QuipuCausality

extension MessageHeader {
    private enum Member: UInt64 {
        case protocolVersion = 0
        case schemaVersion = 1
        case archive = 2
        case clock = 3
        case vectorHash = 4
        case digest = 5
        case position = 6
        case agreed = 7
        case entries = 8
        case isWholeVector = 9
        case needsWholeVector = 10
        case branchStarts = 11
        case wants = 12
        case budget = 13
        case missingTexts = 14
        case probes = 15
        case probed = 16
        case ranges = 17
        case rangeDigests = 18
        case compressionLevel = 19
        case isClockSynchronized = 20
        case nonce = 21
        case proof = 22
        case sampleCount = 23
        case contentDigests = 24
        case question = 25
        case answer = 26
        case lacks = 27
        case branchStartsHash = 28
        case outline = 29
        case briefAnswer = 30
        case behind = 31
        case takesReferences = 32
        case needsFullRecords = 33
        case filter = 34
        case inlineBytes = 35
        case missingBytes = 36
        case places = 37
    }

    package func write(to writer: inout CBORWriter) {
        let optional = [
            archive != nil, agreed != nil, !entries.isEmpty, isWholeVector, needsWholeVector,
            !branchStarts.isEmpty,
            !wants.isEmpty, budgetBytes > 0, missingTexts > 0, !probes.isEmpty, !probed.isEmpty,
            !ranges.isEmpty, !rangeDigests.isEmpty, compressionLevel != .standard, isClockSynchronized,
            nonce != nil,
            proof != nil,
            sampleCount > 0, !contentDigests.isEmpty, question != nil, answer != nil, !lacks.isEmpty,
            branchStartsHash != nil, question?.outline.isEmpty == false, briefAnswer != nil, !behind.isEmpty,
            takesReferences, needsFullRecords, filter != nil, inlineBytes != nil,
            missingBytes > 0, wants.contains { $0.place != nil },
        ]
        writer.map(count: 6 + optional.count { $0 })
        func key(_ member: Member) { writer.unsigned(member.rawValue) }
        key(.protocolVersion)
        writer.unsigned(protocolVersion)
        key(.schemaVersion)
        writer.unsigned(schemaVersion)
        if let archive {
            key(.archive)
            writer.identifier(archive)
        }
        key(.clock)
        writer.integer(clockMilliseconds)
        key(.vectorHash)
        writer.bytes16(vectorHash)
        key(.digest)
        writer.bytes16(digest.rawValue)
        key(.position)
        writer.unsigned(position)
        if let agreed {
            key(.agreed)
            writer.array(count: 2)
            writer.unsigned(agreed.position)
            writer.bytes16(agreed.vectorHash)
        }
        if !entries.isEmpty {
            key(.entries)
            writer.entries(entries)
        }
        for (member, isSet) in [(Member.isWholeVector, isWholeVector), (.needsWholeVector, needsWholeVector)]
        where isSet {
            key(member)
            writer.boolean(true)
        }
        if !branchStarts.isEmpty {
            key(.branchStarts)
            writer.array(count: branchStarts.count)
            for chain in branchStarts { writer.hash(chain) }
        }
        if !wants.isEmpty {
            key(.wants)
            writer.array(count: wants.count)
            for want in wants {
                writer.array(count: 2)
                writer.hash(want.hash)
                writer.unsigned(want.offset)
            }
        }
        if budgetBytes > 0 {
            key(.budget)
            writer.unsigned(budgetBytes)
        }
        if missingTexts > 0 {
            key(.missingTexts)
            writer.unsigned(missingTexts)
        }
        if !probes.isEmpty {
            key(.probes)
            writer.names(probes)
        }
        if !probed.isEmpty {
            key(.probed)
            writer.entries(probed)
        }
        if !ranges.isEmpty {
            key(.ranges)
            writer.array(count: ranges.count)
            for range in ranges {
                writer.array(count: 2)
                writer.unsigned(range.first)
                writer.unsigned(range.last)
            }
        }
        if !rangeDigests.isEmpty {
            key(.rangeDigests)
            writer.array(count: rangeDigests.count)
            for item in rangeDigests {
                writer.array(count: 2)
                writer.bytes16(item.digest.rawValue)
                writer.unsigned(item.headCount)
            }
        }
        if compressionLevel != .standard {
            key(.compressionLevel)
            writer.unsigned(compressionLevel.rawValue)
        }
        if isClockSynchronized {
            key(.isClockSynchronized)
            writer.boolean(true)
        }
        for (member, value) in [(Member.nonce, nonce), (.proof, proof)] {
            guard let value else { continue }
            key(member)
            writer.bytes16(value)
        }
        if sampleCount > 0 {
            key(.sampleCount)
            writer.unsigned(sampleCount)
        }
        if !contentDigests.isEmpty {
            key(.contentDigests)
            writer.array(count: contentDigests.count)
            for digest in contentDigests { writer.bytes16(digest.rawValue) }
        }
        if let question {
            key(.question)
            writer.question(question)
        }
        if let answer {
            key(.answer)
            writer.answer(answer)
        }
        if !lacks.isEmpty {
            key(.lacks)
            writer.array(count: lacks.count)
            for origin in lacks { writer.identifier(origin) }
        }
        if let branchStartsHash {
            key(.branchStartsHash)
            writer.bytes16(branchStartsHash)
        }
        if let outline = question?.outline, !outline.isEmpty {
            key(.outline)
            writer.outline(outline)
        }
        if let briefAnswer {
            key(.briefAnswer)
            writer.briefAnswer(briefAnswer)
        }
        if !behind.isEmpty {
            key(.behind)
            writer.behind(behind)
        }
        for (member, isSet) in [
            (Member.takesReferences, takesReferences), (.needsFullRecords, needsFullRecords),
        ] where isSet {
            key(member)
            writer.boolean(true)
        }
        if let filter {
            key(.filter)
            filter.write(to: &writer)
        }
        if let inlineBytes {
            key(.inlineBytes)
            writer.unsigned(inlineBytes)
        }
        if missingBytes > 0 {
            key(.missingBytes)
            writer.unsigned(missingBytes)
        }
        if wants.contains(where: { $0.place != nil }) {
            key(.places)
            writePlaces(to: &writer)
        }
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        self.init()
        var last: UInt64?
        for _ in 0..<(try reader.mapCount(maximum: 64)) {
            let key = try reader.unsigned()
            guard last.map({ $0 < key }) ?? true else { throw CBORReader.disorder }
            last = key
            switch Member(rawValue: key) {
            case .protocolVersion: protocolVersion = try reader.unsigned()
            case .schemaVersion: schemaVersion = try reader.unsigned()
            case .archive: archive = try reader.identifier()
            case .clock: clockMilliseconds = try reader.integer()
            case .vectorHash: vectorHash = try reader.bytes16()
            case .digest: digest = Digest(rawValue: try reader.bytes16())
            case .position: position = try reader.unsigned()
            case .agreed:
                try reader.pair("an agreement has two parts")
                agreed = AgreedState(position: try reader.unsigned(), vectorHash: try reader.bytes16())
            case .entries: entries = try reader.entries()
            case .isWholeVector: isWholeVector = try reader.boolean()
            case .needsWholeVector: needsWholeVector = try reader.boolean()
            case .branchStarts:
                for _ in 0..<(try reader.arrayCount(maximum: Self.maximumBranchStarts)) {
                    branchStarts.append(try reader.hash())
                }
            case .wants:
                for _ in 0..<(try reader.arrayCount(maximum: Self.maximumWants)) {
                    try reader.pair("a want has two parts")
                    wants.append(Want(hash: try reader.hash(), offset: try reader.unsigned()))
                }
            case .budget: budgetBytes = try reader.unsigned()
            case .missingTexts: missingTexts = try reader.unsigned()
            case .probes: probes = try reader.names(maximum: Self.maximumProbes)
            case .probed: probed = try reader.entries()
            case .ranges:
                for _ in 0..<(try reader.arrayCount(maximum: Self.maximumRanges)) {
                    try reader.pair("a range has two ends")
                    let range = Range(first: try reader.unsigned(), last: try reader.unsigned())
                    // So that each record is processed once at most.
                    guard range.first <= range.last, ranges.last.map({ $0.last < range.first }) ?? true else {
                        throw WireError(.unexpected, "ranges overlap or are out of order")
                    }
                    ranges.append(range)
                }
            case .rangeDigests:
                for _ in 0..<(try reader.arrayCount(maximum: Self.maximumRanges)) {
                    try reader.pair("a range's digest has two parts")
                    let digest = Digest(rawValue: try reader.bytes16())
                    rangeDigests.append(RangeDigest(digest: digest, headCount: try reader.unsigned()))
                }
            case .nonce: nonce = try reader.bytes16()
            case .proof: proof = try reader.bytes16()
            case .sampleCount: sampleCount = try reader.unsigned()
            case .contentDigests:
                for _ in 0..<(try reader.arrayCount(maximum: Self.maximumRanges)) {
                    contentDigests.append(Digest(rawValue: try reader.bytes16()))
                }
            case .compressionLevel:
                compressionLevel = CompressionLevel(rawValue: try reader.unsigned()) ?? .standard
            case .question: question = try reader.question()
            case .answer: answer = try reader.answer()
            case .lacks:
                for _ in 0..<(try reader.arrayCount(maximum: Self.maximumEntries)) {
                    lacks.append(try reader.identifier())
                }
            case .branchStartsHash: branchStartsHash = try reader.bytes16()
            case .outline:
                guard question != nil else {
                    throw WireError(.unexpected, "an outline has no question before it")
                }
                question?.outline = try reader.outline()
            case .briefAnswer: briefAnswer = try reader.briefAnswer()
            case .behind: behind = try reader.behind()
            case .isClockSynchronized: isClockSynchronized = try reader.boolean()
            case .takesReferences: takesReferences = try reader.boolean()
            case .needsFullRecords: needsFullRecords = try reader.boolean()
            case .filter: filter = try KeyFilter(from: &reader)
            case .inlineBytes: inlineBytes = try reader.unsigned()
            case .missingBytes: missingBytes = try reader.unsigned()
            case .places: try readPlaces(from: &reader)
            // A header concerns this message only: unknown members need not be kept.
            case nil: try reader.skip()
            }
        }
    }
}
