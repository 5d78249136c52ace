import QuipuCanonicalJSON

extension FuzzTarget {
    /// Reader, writer, checker and walker agree on what canonical is.
    static let json = FuzzTarget(
        name: "json", subject: "canonical JSON: parser, writer, checker, walker", maximumInputBytes: 4_096
    ) { bytes in
        let all = Array(bytes)
        let isCanonical = isCanonicalJSON(all)
        for options in [[], .bigNumbersAsStrings] as [JSONParser.Options] {
            guard let value = try? JSONParser(options: options).parse(all) else {
                try expect(!isCanonical, "what is called canonical cannot be parsed")
                continue
            }
            let canonical = value.canonicalBytes()
            try expect(isCanonicalJSON(canonical), "what is written canonically is not called so")
            try expect(
                try JSONParser().parse(canonical).canonicalBytes() == canonical,
                "the canonical form changes when it is read")
            // With the option a canonical number may become a string.
            if isCanonical, options.isEmpty {
                try expect(canonical == all, "what is called canonical is written otherwise")
            }
        }

        var members = JSONMembers(bytes)
        var count = 0
        while let member = members.next() {
            count += 1
            try expect(member.valueRange.upperBound <= all.count, "a member ends behind its object")
            _ = members.name(of: member)
            if isCanonical {
                try expect(isCanonicalJSON(members.value(of: member)), "a member's value is not canonical")
            }
        }
        if isCanonical, case .object(let parsed)? = try? JSONParser().parse(all) {
            try expect(!members.isDamaged && parsed.count == count, "the walk misses members")
        }
        if let text = decodeString(all) {
            if isCanonical {
                try expect(canonicalString(text) == all, "a string is not written as it was read")
            }
        } else {
            try expect(!isCanonical || all.first != UInt8(ascii: "\""), "a canonical string is not read")
        }
    }
}
