/// The values of fields that mean something to the store itself, as canonical JSON and by their hashes.
public enum JSONLiteral {
    public static let `true` = Array("true".utf8)
    public static let `false` = Array("false".utf8)
    public static let null = Array("null".utf8)

    public static let trueHash = ValueHash(of: `true`)
    public static let nullHash = ValueHash(of: null)
}
