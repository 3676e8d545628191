#include <ifdhandler.h>
