extension InterchangeError {
    /// What would help, and what it is about: a stable word and a fact, for a program to say in its own words.
    public struct Remedy: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            /// `importAsText` is about what else can be done.
            case attach, attachOrTakeText, exportLines, importAsText, importFolderAsMarkdown, verify
        }

        public let kind: Kind
        /// Empty where there is nothing to name.
        public let subject: String

        public init(_ kind: Kind, _ subject: String = "") {
            self.kind = kind
            self.subject = subject
        }
    }
}
