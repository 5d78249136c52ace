/// What messages of the exchange are called where they travel over HTTP.
public enum ExchangeMedia {
    public static let type = "application/vnd.quipu.exchange"

    /// A header field of each request. No script in a browser may set one that begins like this (Fetch Standard,
    /// "forbidden request-header"), so that a request with it is a program's.
    public static let programField = "Sec-Quipu"
}
