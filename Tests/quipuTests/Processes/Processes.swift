import Testing

/// The whole program in processes of its own: what people see of it, and what crashes, cuts and full disks do
/// to it. Run them alone with `swift test --filter Processes`.
@Suite enum Processes {}
