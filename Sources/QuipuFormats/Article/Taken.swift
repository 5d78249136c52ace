internal import QuipuCanonicalJSON

/// What a field takes of a source's value.
struct Taken {
    let value: JSONValue
    /// Whether the field says all that the source's value says; otherwise that is kept beside it.
    let isWhole: Bool

    init(_ value: JSONValue, isWhole: Bool = true) {
        self.value = value
        self.isWhole = isWhole
    }
}
