internal import QuipuCanonicalJSON

/// The members of another service's object, or the cells of its table, by the names of the fields that they become.
///
/// A service's names may be names of fields and mean something else, as `date` for the day on which a page was saved: so
/// only what is named here becomes a field, and all else is kept under `x-` and its name.
struct ServiceMembers {
    /// A field for each of the service's names; an empty one for what is not kept.
    let fields: [String: String]

    init(_ fields: [String: String]) { self.fields = fields }

    func callAsFunction(_ members: [JSONMember]) -> [JSONMember] {
        members.compactMap { member in
            guard let field = fields[member.name] else {
                return JSONMember(
                    name: member.name.hasPrefix("x-") ? member.name : "x-" + member.name, value: member.value)
            }
            return field.isEmpty ? nil : JSONMember(name: field, value: member.value)
        }
    }

    /// The id that a service gave, which may be a number.
    static func id(_ value: JSONValue?) -> String? {
        guard let value else { return nil }
        let text = value.string ?? (value.number == nil ? nil : value.canonicalText)
        return text.flatMap { (1...512).contains($0.utf8.count) ? $0 : nil }
    }

    /// When the service last changed it.
    static func modified(_ value: JSONValue?) -> String? {
        value?.string.flatMap { (1...64).contains($0.utf8.count) ? $0 : nil }
    }

    /// Those of an object that no name of `taken` has.
    static func others(of object: JSONValue, without taken: Set<String>) -> [JSONMember] {
        object.members?.filter { !taken.contains($0.name) } ?? []
    }
}

/// Reads objects of JSON each of which becomes an article with what belongs to it.
struct ServiceReader: SourceReader {
    let formatName: String
    private var objects: JSONObjectStream
    private let read: (JSONValue, SourcePlace) throws(Rejection) -> [SourceEvent]
    private let finish: () -> [SourceEvent]
    private var pending: [SourceEvent] = []
    private var isAtEnd = false

    /// - Parameter finish: what comes behind the last object.
    init(
        _ source: ByteSource, name: String, paths: [[String]] = [],
        finish: @escaping () -> [SourceEvent] = { [] },
        read: @escaping (JSONValue, SourcePlace) throws(Rejection) -> [SourceEvent]
    ) throws(InterchangeError) {
        formatName = name
        objects = try JSONObjectStream(source, paths: paths)
        self.read = read
        self.finish = finish
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while pending.isEmpty {
            switch try objects.next() {
            case nil:
                if isAtEnd { return nil }
                isAtEnd = true
                pending = finish().reversed()
                if pending.isEmpty { return nil }
            case .event(let event): return event
            case .object(let value, let place):
                do throws(Rejection) {
                    pending = try read(value, place).reversed()
                } catch { pending = [error.event(at: place)] }
            }
        }
        return pending.popLast()
    }
}

extension [SourceEvent] {
    /// Adds the item, or why it is rejected.
    mutating func add(at place: SourcePlace, _ item: () throws(Rejection) -> SourceItem) {
        do throws(Rejection) {
            append(.item(try item()))
        } catch { append(error.event(at: place)) }
    }
}
