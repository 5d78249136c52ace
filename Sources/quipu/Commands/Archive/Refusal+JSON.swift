internal import Causality
internal import Storage

extension Refusal {
    var json: JSONText {
        [
            "version": JSONText(name.description), "reason": JSONText(reason),
            "time": JSONText(timeMilliseconds: noticedAtMilliseconds),
        ]
    }
}
