#pragma once
#include <sqlite3.h>

/// Before the library's first use: it counts its memory no longer, for which every allocation of every thread takes one
/// lock. `sqlite3_config` is variadic.
static inline int quipu_sqlite3_stop_counting_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// `sqlite3_db_config` is variadic, which Swift cannot call: the one form that is needed, an integer switch.
static inline int quipu_sqlite3_db_config_int(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}

/// The destructor that makes SQLite copy what is bound; the macro is a cast that Swift does not import.
static inline int quipu_sqlite3_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int size) {
    return sqlite3_bind_text(statement, index, bytes, size, SQLITE_TRANSIENT);
}

static inline int quipu_sqlite3_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int size) {
    return sqlite3_bind_blob(statement, index, bytes, size, SQLITE_TRANSIENT);
}

/// Which commit of a database in WAL mode is the last: the header of the wal-index (sqlite.org/walformat.html, section
/// 2.2), by which readers find out the same. It is in shared memory, so that asking costs no system call.
struct quipu_sqlite3_commit_mark {
    unsigned long long words[6];
};

/// False where that is not known now: not in WAL mode, never read, or a commit is under way.
static inline int quipu_sqlite3_read_commit_mark(sqlite3 *db, struct quipu_sqlite3_commit_mark *mark) {
    sqlite3_file *file = (sqlite3_file *)0;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) return 0;
    if (!file || !file->pMethods || file->pMethods->iVersion < 2 || !file->pMethods->xShmMap) return 0;
    void volatile *region = (void *)0;
    if (file->pMethods->xShmMap(file, 0, 32 * 1024, 0, &region) != SQLITE_OK || !region) return 0;
    // A writer changes the second copy first, and readers take the first before the second; equal copies are whole.
    const volatile unsigned long long *words = (const volatile unsigned long long *)region;
    for (int i = 0; i < 6; i++) mark->words[i] = words[i];
    __sync_synchronize();
    for (int i = 0; i < 6; i++)
        if (mark->words[i] != words[6 + i]) return 0;
    return 1;
}
