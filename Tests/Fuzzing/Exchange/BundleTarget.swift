import QuipuCausality
import QuipuReplication

extension FuzzTarget {
    /// Whatever stands in a bundle's file, it is read in bounded time and memory, and what is read can be read again.
    static let bundle = FuzzTarget(
        name: "bundle", subject: "bundles: blocks, headers, knowledge", maximumInputBytes: 8_192
    ) { bytes in
        var choices = Choices(bytes)
        let kind = choices.number(below: 4)
        let content = choices.rest()
        let outcome =
            switch kind {
            case 0: BundleProbe.read(content)
            // Few random bytes have a hash and a signature that match; most inputs are what stands inside.
            case 1: BundleProbe.decodeHeader(content)
            case 2: BundleProbe.decodeKnowledge(content)
            default: BundleProbe.decodeEnd(content)
            }
        if case .differs(let what) = outcome { throw FuzzFailure(what) }
    }
}
