/// What an argument or the value of an option names, so that completion can offer what there is.
enum ValueKind: Equatable, Sendable {
    /// Nothing can be offered.
    case anything
    case record
    case deletedRecord
    case recordInConflict
    case tag
    /// `+TAG` or `-TAG`, for the record that is the first argument.
    case signedTag
    case collection
    /// `FIELD=VALUE`, for the record or the kind that is the first argument.
    case assignment
    /// A field of the record that is the first argument.
    case field
    /// An entry of the log.
    case entry
    case remote
    case file
    case folder
    /// These words, though others may be accepted.
    case choice([String])
}
