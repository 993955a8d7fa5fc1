/// Byte kernels that Swift cannot express as well: crc32c with the processor's own instruction.
#ifndef SIGHTLINE_CKERNELS_H
#define SIGHTLINE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The Castagnoli CRC-32 of `length` bytes, continuing from `seed` (0 to begin).
///
/// Uses SSE4.2 or the ARMv8 CRC instructions where the processor has them and a table otherwise;
/// all three give the same value.
uint32_t sightline_crc32c(uint32_t seed, const void *bytes, size_t length);

#endif
