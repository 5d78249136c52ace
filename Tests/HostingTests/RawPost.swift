import QuipuHTTPClient

/// Sends bytes that need not be a message.
enum RawPost {
    static func send(_ url: String, _ body: [UInt8], type: String? = "application/vnd.quipu.exchange") throws
        -> (status: Int, body: String)
    {
        let (response, answer) = try HTTPSession().collect(
            HTTPClientRequest(
                method: "POST", url: url, headers: type.map { [("Content-Type", $0)] } ?? [],
                body: .bytes(body)))
        return (response.status, String(decoding: answer, as: UTF8.self))
    }
}
