internal import CQuipuLinux

/// The memory settings of a process that only exchanges archives. A library leaves these to its program.
package enum ProcessMemory {
    /// Messages are made in buffers of some MiB, one after the other. The allocator would give each back to the system and
    /// ask for it again, page by page: up to a fifth of an exchange. What it keeps is bounded by this, once: what one
    /// thread has given back is there for the others.
    package static func keepFreed() {
        let keptBytes: Int32 = 32 << 20
        mallopt(M_TRIM_THRESHOLD, keptBytes)
        mallopt(M_MMAP_THRESHOLD, keptBytes)
        mallopt(M_ARENA_MAX, 1)
    }
}
