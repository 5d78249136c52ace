internal import Quipu

/// `--share ADDRESS CODE`: where another machine shares an archive, and the code that it shows.
struct ShareWords: Sendable {
    static let option = OptionDeclaration.option(
        "share", value: "ADDRESS", "the address that quipu serve --share shows; its code follows")

    let address: ShareAddress
    let code: ShareCode
    /// Both came in one word, as a drawn code holds them: what follows is no code.
    let isScanned: Bool

    /// Nil where `--share` is not given.
    ///
    /// - Parameters:
    ///   - code: what stands in the place of a remote or a URL.
    ///   - names: options that have no effect beside it.
    init?(
        _ values: ParsedArguments, code: String?, excluding names: [String]
    ) throws(UsageError) {
        guard let address = values.option("share") else { return nil }
        try values.requireNone(of: names, with: "share")
        do throws(QuipuError) {
            if let (address, code) = try ShareAddress.scanned(address) {
                (self.address, self.code, isScanned) = (address, code, true)
                return
            }
            isScanned = false
            self.address = try ShareAddress(address)
            guard let code else {
                throw QuipuError(
                    .badShare, "--share needs the code that follows the address",
                    hint: "type both as the other machine shows them: --share 192.168.43.17 9ww7-yk3p-ya51-w")
            }
            self.code = try ShareCode(code)
        } catch {
            throw UsageError(TerminalSanitizer.line(error.message), hint: error.hint)
        }
    }

    /// - Throws: `UsageError` if there is one word too many: the code is in `--share` already.
    func refuse(_ word: String?) throws(UsageError) {
        guard isScanned, let word else { return }
        throw UsageError(
            "'\(TerminalSanitizer.line(word))' has no effect: --share holds the code already",
            hint: "leave it out")
    }

    /// As other links, without the token of the environment: it is for another server.
    func link(in context: Context) throws(UsageError) -> LinkOptions {
        var link = context.link()
        link.completeForServer = nil
        link.timeoutSeconds = try context.linkTimeoutSeconds()
        return link
    }
}
