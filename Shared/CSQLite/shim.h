#include <sqlite3.h>

// sqlite3_config takes any number of arguments, which Swift cannot give.
static inline int sqlite3_config_memstatus(int on) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, on); }
