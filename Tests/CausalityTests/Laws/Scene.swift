import QuipuCausality

@testable import NaiveModel

/// A field's story told edit by edit, for directed tests. Every edit replaces what the test says.
struct Scene {
    private(set) var log = FieldLog()
    private var count: UInt64 = 0

    /// - Parameter milliseconds: its stamp's time; later than all before when nil.
    @discardableResult
    mutating func hand(_ value: String, over replaced: Edit..., at milliseconds: Int64? = nil) -> Edit {
        add(value, byHand: true, replaced, milliseconds)
    }

    @discardableResult
    mutating func program(_ value: String, over replaced: Edit..., at milliseconds: Int64? = nil) -> Edit {
        add(value, byHand: false, replaced, milliseconds)
    }

    private mutating func add(_ value: String, byHand: Bool, _ replaced: [Edit], _ milliseconds: Int64?)
        -> Edit
    {
        count += 1
        let edit = Edit(
            origin: Origin(rawValue: UInt128(count)),
            stamp: Stamp(milliseconds: milliseconds ?? Int64(count) * 1000),
            isByHand: byHand, value: value, replaces: replaced.map(\.chain))
        log.apply(edit)
        return edit
    }

    func version(_ edit: Edit) -> Version { log.field[log.key(edit.chain)]! }

    var heads: Set<String> { Set(log.field.heads.map { log.value($0) }) }
    var visible: String? { log.field.visible.map { log.value($0) } }
    var isInConflict: Bool { log.field.isInConflict }
    var frontier: Set<String> { Set(log.field.importFrontier.map { log.value($0) }) }
    /// The naive model agrees as well.
    var isAgreed: Bool { log.inconsistency == nil && log.summary == NaiveField(log.log).summary }
}
