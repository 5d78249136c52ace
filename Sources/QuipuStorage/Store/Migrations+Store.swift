internal import QuipuEmbeddedSchema
internal import QuipuSQLite

extension Migrations {
    /// Form 1 is the first that was shipped.
    static let store = Migrations(steps: [
        Step(script: Definitions.storeStep2, then: { try WantedOfDeletedRecords.list(in: $0) }),
        Step(
            script: Definitions.storeStep3,
            then: {
                try Upgrades.listElements(in: $0)
                try Upgrades.checkClockNotesAgain(in: $0)
            }),
        Step(script: Definitions.storeStep4),
    ])
}
