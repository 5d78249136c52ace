internal import QuipuHTTPServer

extension HTTPRequestHead {
    /// Refuses a body of another type before it is read: it must be meant for another server.
    ///
    /// - Parameter expected: the media type, in lower case, without parameters.
    /// - Throws: `Problem`, 415.
    func requireContentType(_ expected: String) throws {
        let given = headers["Content-Type"] ?? ""
        if given == expected { return }
        let type = given.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        if String(Substring(type)).lowercased() == expected { return }
        throw Problem(
            status: 415, word: "unsupported-media-type",
            title: given.isEmpty
                ? "The request has no Content-Type" : "This address does not accept a body of that type",
            hint: "send Content-Type: \(expected)")
    }
}
