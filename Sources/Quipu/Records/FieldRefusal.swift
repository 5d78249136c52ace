/// Why a field cannot be given a value. The transaction that was to write it throws it as an error.
struct FieldRefusal: Sendable {
    enum Reason: Sendable {
        case wrongType, tooLarge
    }

    let reason: Reason
    let message: String
    let hint: String?

    init(_ reason: Reason, _ message: String, hint: String? = nil) {
        self.reason = reason
        self.message = message
        self.hint = hint
    }
}
