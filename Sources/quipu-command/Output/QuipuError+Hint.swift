internal import Quipu

extension QuipuError {
    /// The same, with what to do next in the words of this program.
    func hinting(_ hint: String) -> QuipuError {
        QuipuError(code, message, isPassing: isPassing, hint: hint, origin: origin)
    }
}
