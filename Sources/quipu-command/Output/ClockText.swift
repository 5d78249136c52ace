internal import Quipu

/// How clocks stand against each other, in words.
enum ClockText {
    /// `2 days ahead`, `5 hours behind`.
    static func standing(milliseconds: Int64) -> String {
        // Rounded to the nearest.
        let hours =
            milliseconds.magnitude / 3_600_000 + (milliseconds.magnitude % 3_600_000 >= 1_800_000 ? 1 : 0)
        let span =
            hours >= 48
            ? counted(Int(clamping: (hours + 12) / 24), "day") : counted(Int(clamping: hours), "hour")
        return "\(span) \(milliseconds < 0 ? "behind" : "ahead")"
    }

    /// - Parameters:
    ///   - peer: whose clock it is: `of 'origin'`.
    ///   - isOwnRight: this machine's clock is known to be right.
    static func sentence(_ difference: ClockDifference, peer: String, isOwnRight: Bool) -> String {
        let right =
            switch (isOwnRight, difference.isPeerSynchronized) {
            case (true, true): "both are declared right"
            case (true, false): "this one is known to be right"
            case (false, true): "that one is declared right"
            case (false, false): "it is not known which is right"
            }
        let standing = standing(milliseconds: difference.milliseconds)
        let link = difference.milliseconds < 0 ? "" : "of "
        return "this machine's clock is \(standing) \(link)that \(peer); \(right)"
    }

    static let advice =
        "set the wrong clock; on the machine whose clock is right run: quipu config clock trusted"
}

extension ClockDifference {
    var json: JSONText {
        [
            "milliseconds": JSONText(milliseconds), "peerSynchronized": JSONText(isPeerSynchronized),
            "noticed": JSONText(timeMilliseconds: noticedAtMilliseconds),
        ]
    }
}
