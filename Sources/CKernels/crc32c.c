#include "CKernels.h"

#include <string.h>

// Reflected Castagnoli polynomial.
#define POLYNOMIAL 0x82f63b78u

static uint32_t table[256];

__attribute__((constructor)) static void build_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ POLYNOMIAL : value >> 1;
    table[byte] = value;
  }
}

static uint32_t crc32c_table(uint32_t crc, const uint8_t *bytes, size_t length) {
  while (length--) crc = table[(crc ^ *bytes++) & 0xff] ^ crc >> 8;
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_hardware(uint32_t seed, const uint8_t *bytes, size_t length) {
  uint64_t crc = seed;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  while (length--) crc = __builtin_ia32_crc32qi((uint32_t)crc, *bytes++);
  return (uint32_t)crc;
}
static int has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t length) {
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    crc = __crc32cd(crc, word);
  }
  while (length--) crc = __crc32cb(crc, *bytes++);
  return crc;
}
static int has_hardware(void) { return 1; }
#else
static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t length) {
  return crc32c_table(crc, bytes, length);
}
static int has_hardware(void) { return 0; }
#endif

uint32_t sightline_crc32c(uint32_t seed, const void *bytes, size_t length) {
  uint32_t crc = ~seed;
  return ~(has_hardware() ? crc32c_hardware(crc, bytes, length) : crc32c_table(crc, bytes, length));
}
