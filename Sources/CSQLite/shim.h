#pragma once
#include <sqlite3.h>

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
