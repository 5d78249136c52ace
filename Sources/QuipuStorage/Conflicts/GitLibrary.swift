internal import CQuipuGit2
internal import Glibc

/// libgit2, as far as a merge needs it; loaded when the first merge is asked for.
///
/// Linked, it and the six libraries that it links would cost every start of the program 1.3 ms (a program that
/// links the rest: 5.7 ms, with libgit2 7.1), and most runs merge nothing.
struct GitLibrary: Sendable {
    typealias MergeFile =
        @convention(c) (
            UnsafeMutablePointer<git_merge_file_result>, UnsafePointer<git_merge_file_input>,
            UnsafePointer<git_merge_file_input>, UnsafePointer<git_merge_file_input>,
            UnsafePointer<git_merge_file_options>
        ) -> Int32
    typealias FreeResult = @convention(c) (UnsafeMutablePointer<git_merge_file_result>) -> Void

    let mergeFile: MergeFile
    let freeResult: FreeResult

    /// Nil where the library is not installed, or is not the version that this was built with.
    static let loaded = GitLibrary()

    private init?() {
        guard let handle = dlopen("libgit2.so.\(LIBGIT2_SOVERSION)", RTLD_NOW | RTLD_LOCAL),
            let start = dlsym(handle, "git_libgit2_init"), let merge = dlsym(handle, "git_merge_file"),
            let free = dlsym(handle, "git_merge_file_result_free")
        else { return nil }
        // Their types are those of the header of the same version.
        guard unsafeBitCast(start, to: (@convention(c) () -> Int32).self)() > 0 else { return nil }
        mergeFile = unsafeBitCast(merge, to: MergeFile.self)
        freeResult = unsafeBitCast(free, to: FreeResult.self)
    }
}
