extension CommandSet<any Command> {
    /// All that `quipu` understands, in the order of its overview.
    static var quipu: Self {
        Self(
            program: "quipu", abstract: "an offline-first archive for article collections",
            sections: [
                Section(title: "Begin", entries: [.leaf(InitCommand.self), .leaf(CloneCommand.self)]),
                Section(
                    title: "Look",
                    entries: [
                        .leaf(StatusCommand.self), .leaf(ListCommand.self), .leaf(ShowCommand.self),
                        .leaf(ReadCommand.self), .leaf(SearchCommand.self), .leaf(LogCommand.self),
                        .leaf(HistoryCommand.self),
                        .leaf(DiffCommand.self), .leaf(WhyCommand.self), .leaf(SaveCommand.self),
                        .leaf(OpenCommand.self),
                    ]),
                Section(
                    title: "Write",
                    entries: [
                        .leaf(AddCommand.self), .leaf(SetCommand.self), .leaf(EditCommand.self),
                        .leaf(TagCommand.self),
                        .group(
                            name: "tags", abstract: "list, rename and merge tags",
                            commands: [
                                .init(TagListCommand.self), .init(TagRenameCommand.self),
                                .init(TagMergeCommand.self),
                            ]),
                        .leaf(AnnotateCommand.self), .leaf(AttachCommand.self), .leaf(DeleteCommand.self),
                        .leaf(RestoreCommand.self),
                        .leaf(DuplicatesCommand.self), .leaf(MergeCommand.self), .leaf(UnmergeCommand.self),
                        .leaf(SplitCommand.self),
                        .leaf(UndoCommand.self), .leaf(RedoCommand.self), .leaf(RevertCommand.self),
                        .leaf(PurgeCommand.self),
                    ]),
                Section(
                    title: "Settle conflicts",
                    entries: [.leaf(ConflictsCommand.self), .leaf(ResolveCommand.self)]),
                Section(
                    title: "Keep",
                    entries: [
                        .leaf(CompactCommand.self), .leaf(BackupCommand.self), .leaf(DoctorCommand.self),
                        .leaf(ConfigCommand.self),
                    ]),
                Section(
                    title: "Exchange",
                    entries: [
                        .leaf(ImportCommand.self), .leaf(ExportCommand.self),
                        .group(
                            name: "feed", abstract: "follow feeds: RSS, Atom and JSON Feed",
                            commands: [
                                .init(FeedAddCommand.self), .init(FeedListCommand.self),
                                .init(FeedFetchCommand.self), .init(FeedRemoveCommand.self),
                            ]),
                        .group(
                            name: "remote", abstract: "manage the mirrors that the archive syncs with",
                            commands: [
                                .init(RemoteAddCommand.self), .init(RemoteListCommand.self),
                                .init(RemoteRemoveCommand.self), .init(RemoteLoginCommand.self),
                                .init(RemoteLogoutCommand.self),
                            ]),
                        .leaf(SyncCommand.self), .leaf(ServeCommand.self), .leaf(VerifyCommand.self),
                        .group(
                            name: "bundle", abstract: "exchange changes in files, without a network",
                            commands: [
                                .init(BundleCreateCommand.self), .init(BundleApplyCommand.self),
                                .init(BundleShowCommand.self),
                            ]),
                        .group(
                            name: "token", abstract: "manage who may do what with served archives",
                            commands: [
                                .init(TokenAddCommand.self), .init(TokenListCommand.self),
                                .init(TokenRevokeCommand.self),
                            ]),
                    ]),
                Section(
                    title: "Learn",
                    entries: [.leaf(TutorialCommand.self), .leaf(CompletionCommand.self)]),
            ],
            hidden: [.init(CompleteCommand.self), .init(ManualCommand.self)],
            topics: [
                queriesTopic, formatsTopic, conflictsTopic, syncTopic, sticksTopic, pageTopic, trustTopic,
                glossaryTopic,
            ])
    }
}
