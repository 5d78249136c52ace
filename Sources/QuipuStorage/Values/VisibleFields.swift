internal import QuipuCanonicalJSON
internal import QuipuCausality

/// The visible values of a record as `record.fields` holds them: a JSON object whose members stand in the order
/// of their UTF-8 names. Values keep the canonical text they came with.
struct VisibleFields: Sendable {
    struct Member: Sendable {
        var name: String
        var json: [UInt8]
    }

    /// Values that hide nothing behind their hash, which would take more room.
    static let literals = ["true", "false", "null"].map { ValueHash(of: Array($0.utf8)) }

    private(set) var members: [Member]

    init() { members = [] }

    /// Nil when the bytes are no such object.
    /// - Parameter likely: names that the members are likely to have, in order; no new strings are made for these.
    init?(parsing bytes: UnsafeRawBufferPointer, likely: [String] = []) {
        var scanner = JSONMembers(bytes)
        members = []
        members.reserveCapacity(likely.count)
        while let member = scanner.next() {
            let name = scanner.name(
                of: member, likely: members.count < likely.count ? likely[members.count] : nil)
            members.append(Member(name: name, json: Array(scanner.value(of: member))))
        }
        if scanner.isDamaged { return nil }
    }

    subscript(name: String) -> [UInt8]? {
        get {
            let place = self.place(of: name)
            return place < members.count && members[place].name == name ? members[place].json : nil
        }
        set {
            let place = self.place(of: name)
            let isThere = place < members.count && members[place].name == name
            switch (isThere, newValue) {
            case (true, let json?): members[place].json = json
            case (true, nil): members.remove(at: place)
            case (false, let json?): members.insert(Member(name: name, json: json), at: place)
            case (false, nil): break
            }
        }
    }

    /// A member's value, for a walk through names in their order.
    /// - Parameter place: where the member is likely to stand; afterwards the place behind it.
    func json(of name: String, near place: inout Int) -> [UInt8]? {
        if place >= members.count || members[place].name != name { place = self.place(of: name) }
        guard place < members.count, members[place].name == name else { return nil }
        defer { place += 1 }
        return members[place].json
    }

    mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// Adds a member whose name follows all others.
    mutating func append(_ name: String, _ json: [UInt8]) { members.append(Member(name: name, json: json)) }

    var encoded: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(members.reduce(2) { $0 + $1.json.count + $1.name.utf8.count + 4 })
        out.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            appendCanonicalString(member.name, to: &out)
            out.append(UInt8(ascii: ":"))
            out.append(contentsOf: member.json)
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    private func place(of name: String) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name.utf8Precedes(name) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
