internal import QuipuCausality
internal import QuipuStorage

extension Refusal {
    var json: JSONText {
        [
            "version": JSONText(name.description), "reason": JSONText(reason),
            "time": JSONText(timeMilliseconds: noticedAtMilliseconds),
        ]
    }
}
