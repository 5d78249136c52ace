internal import Quipu

extension Refusal {
    var json: JSONText {
        [
            "version": JSONText(version.description), "reason": JSONText(reason),
            "timeMilliseconds": JSONText(noticedAtMilliseconds),
        ]
    }
}
