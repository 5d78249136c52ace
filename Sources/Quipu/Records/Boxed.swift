/// Keeps a value of a lower layer behind a reference, in a type that clients hold.
///
/// Such values contain identifiers of 128 bits, which are aligned to 16 bytes; `RecordID` says why no type of the library may be.
final class Boxed<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
