// What SQLite's parser still names of the statements that it is compiled without: the parser is generated, and knows them
// all. Nobody here writes such a statement; one would trap.

typedef const void *any;

#define ABSENT(name, ...) \
    [[noreturn]] void name(__VA_ARGS__) { __builtin_trap(); }

ABSENT(sqlite3AlterAddConstraint, any, any, any, any, any, int)
ABSENT(sqlite3AlterBeginAddColumn, any, any)
ABSENT(sqlite3AlterDropColumn, any, any, any)
ABSENT(sqlite3AlterDropConstraint, any, any, any, any)
ABSENT(sqlite3AlterFinishAddColumn, any, any)
ABSENT(sqlite3AlterRenameColumn, any, any, any, any)
ABSENT(sqlite3AlterRenameTable, any, any, any)
ABSENT(sqlite3AlterSetNotNull, any, any, any, any)
ABSENT(sqlite3Analyze, any, any, any)
ABSENT(sqlite3CreateView, any, any, any, any, any, any, int, int)
ABSENT(sqlite3Reindex, any, any, any)

// CURRENT_TIMESTAMP asks the library of C for the time, which has no calendar here: it is NULL.
any gmtime(any time) { return 0; }
unsigned long strftime(any text, unsigned long size, any format, any time) { return 0; }
