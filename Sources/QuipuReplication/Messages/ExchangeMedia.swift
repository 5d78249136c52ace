/// The media type of messages of the exchange over HTTP.
public enum ExchangeMedia {
    public static let type = "application/vnd.quipu.exchange"

    /// A header field that every request has. Scripts in a browser cannot set fields with this prefix (Fetch
    /// Standard, "forbidden request-header"), so a request with it comes from a program.
    public static let programField = "Sec-Quipu"

    /// A header field that says to a server of `serve --share` which replica the request comes from.
    public static let replicaField = "Quipu-Replica"
}
