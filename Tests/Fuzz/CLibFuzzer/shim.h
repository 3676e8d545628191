#include <stddef.h>
#include <stdint.h>

// The runtime of -fsanitize=fuzzer. Weak, so that the program also links without it; then it only plays files again.
extern int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size)) __attribute__((weak));

/// Hands over to libFuzzer and gives back its exit code; -1 where it is not linked.
static inline int kazasu_fuzz(int argc, char **argv, int (*one)(const uint8_t *data, size_t size)) {
    return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(&argc, &argv, one) : -1;
}
