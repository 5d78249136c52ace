internal import CQuipuArchive
internal import Glibc

/// libarchive, loaded when the first archive is read: of its formats only ZIP.
struct ArchiveLibrary: Sendable {
    typealias Create = @convention(c) () -> OpaquePointer?
    typealias Act = @convention(c) (OpaquePointer?) -> Int32
    typealias SetRead = @convention(c) (OpaquePointer?, Read) -> Int32
    typealias SetSeek = @convention(c) (OpaquePointer?, Seek) -> Int32
    typealias SetData = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32
    typealias NextHeader =
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    typealias ReadData = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, Int) -> Int
    typealias Text = @convention(c) (OpaquePointer?) -> UnsafePointer<CChar>?
    typealias FileType = @convention(c) (OpaquePointer?) -> UInt32
    typealias Read =
        @convention(c) (
            OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?
        ) -> Int
    typealias Seek = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, Int64, Int32) -> Int64

    let create: Create
    let free: Act
    let supportZIP: Act
    let setRead: SetRead
    let setSeek: SetSeek
    let setData: SetData
    let open: Act
    let nextHeader: NextHeader
    let readData: ReadData
    let errorText: Text
    let entryName: Text
    let entryIsEncrypted: Act
    let entryType: FileType

    /// Nil where the library is not installed.
    static let loaded = ArchiveLibrary()

    static func required(for name: String) throws(InterchangeError) -> ArchiveLibrary {
        guard let loaded else {
            throw InterchangeError(
                code: .unsupportedFormat, operation: "import", path: name,
                message: "it is a ZIP archive inside, and libarchive is not installed",
                hint: "Install it (Debian: libarchive13), or unpack the file and import what is in it.")
        }
        return loaded
    }

    private init?() {
        guard let handle = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL) else { return nil }
        func symbol<T>(_ name: String, _ type: T.Type) -> T? {
            dlsym(handle, name).map { unsafeBitCast($0, to: type) }
        }
        guard let create = symbol("archive_read_new", Create.self),
            let free = symbol("archive_read_free", Act.self),
            let supportZIP = symbol("archive_read_support_format_zip", Act.self),
            let setRead = symbol("archive_read_set_read_callback", SetRead.self),
            let setSeek = symbol("archive_read_set_seek_callback", SetSeek.self),
            let setData = symbol("archive_read_set_callback_data", SetData.self),
            let open = symbol("archive_read_open1", Act.self),
            let nextHeader = symbol("archive_read_next_header", NextHeader.self),
            let readData = symbol("archive_read_data", ReadData.self),
            let errorText = symbol("archive_error_string", Text.self),
            let entryName = symbol("archive_entry_pathname", Text.self),
            let entryIsEncrypted = symbol("archive_entry_is_encrypted", Act.self),
            let entryType = symbol("archive_entry_filetype", FileType.self)
        else { return nil }
        self.create = create
        self.free = free
        self.supportZIP = supportZIP
        self.setRead = setRead
        self.setSeek = setSeek
        self.setData = setData
        self.open = open
        self.nextHeader = nextHeader
        self.readData = readData
        self.errorText = errorText
        self.entryName = entryName
        self.entryIsEncrypted = entryIsEncrypted
        self.entryType = entryType
    }

    /// Names outside of ASCII need a locale that knows them; for this thread, while `body` runs.
    static func withUTF8<Result>(_ body: () -> Result) -> Result {
        guard let utf8 = Self.utf8.pointer else { return body() }
        let old = uselocale(utf8)
        defer { _ = uselocale(old) }
        return body()
    }

    /// `@unchecked Sendable`: made once, and never changed or freed.
    private struct Locale: @unchecked Sendable { let pointer: locale_t? }
    private static let utf8 = Locale(pointer: newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
}
