// What of Linux the toolchain's Glibc module leaves out.
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timex.h>
#include <wchar.h>
// <wchar.h> declares it under _XOPEN_SOURCE alone.
int wcwidth(wchar_t character);
