// libFuzzer calls these two; what they do is in FuzzTargets.
#include <stddef.h>
#include <stdint.h>

void reeve_fuzz_start(void);
void reeve_fuzz_one(const uint8_t *bytes, size_t count);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  reeve_fuzz_start();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  reeve_fuzz_one(bytes, count);
  return 0;
}
