internal import HTTPServer

extension Problem {
    /// What the transport says in a line of text, as a problem; nil for anything else.
    init?(refusal: HTTPResponse) {
        guard case .bytes(let bytes) = refusal.body,
            refusal.headers.contains(where: { $0.0 == "Content-Type" && $0.1.hasPrefix("text/plain") })
        else { return nil }
        let (word, hint): (String, String?) =
            switch refusal.status {
            case 400: ("bad-request", "check what is between the two")
            case 413: ("too-large", "send less at a time; nothing of it was kept")
            case 414, 431: ("head-too-large", "send a shorter address and fewer header fields")
            case 501: ("not-implemented", nil)
            case 503: ("stopping", "nothing is lost; try again in a moment")
            default: ("internal", "nothing is lost here; the server's own output says more")
            }
        var title = String(decoding: bytes, as: UTF8.self)
        while let last = title.unicodeScalars.last, last == "\n" || last == "." {
            title.unicodeScalars.removeLast()
        }
        self.init(status: refusal.status, word: word, title: title, hint: hint)
        headers = refusal.headers.filter { $0.0 != "Content-Type" }
    }
}
