/// What messages of the exchange are called where they travel over HTTP.
public enum ExchangeMedia {
    public static let type = "application/vnd.quipu.exchange"
}
