// LD_PRELOAD=libslowdisk.so KAZASU_SYNC_MS=5 program: each fsync and fdatasync takes so many milliseconds longer, as on the eMMC of a small machine.
// What is written is written as always; only the waiting for it is longer.
#define _GNU_SOURCE
#include "slow_disk.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static long delay_ms = -1;

static void wait_longer(void) {
    if (delay_ms < 0) {
        const char *text = getenv("KAZASU_SYNC_MS");
        delay_ms = text ? atol(text) : 0;
    }
    struct timespec left = {delay_ms / 1000, delay_ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0) {
    }
}

static int slowly(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real ? real(file) : -1;
    wait_longer();
    return result;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
