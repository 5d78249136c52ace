/// The rights of a caller on an archive; each role includes those before it.
package enum Role: String, Sendable, CaseIterable, Comparable {
    case reader
    case writer
    case owner

    package static func < (left: Role, right: Role) -> Bool {
        let order = Role.allCases
        return order.firstIndex(of: left)! < order.firstIndex(of: right)!
    }
}
