internal import NaiveModel

/// Seeds of random histories: all of them with `QUIPU_THOROUGH=seeds`, else the first third.
public enum RandomSeeds {
    public static func first(_ count: Int) -> ClosedRange<Int> {
        1...(Plot.playsAllSeeds ? count : max(2, count / 3))
    }
}
