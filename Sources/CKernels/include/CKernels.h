/// What Swift cannot express as well: crc32c with the processor's own instruction, masks of byte classes, and the
/// allocator's settings.
#ifndef SIGHTLINE_CKERNELS_H
#define SIGHTLINE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The Castagnoli CRC-32 of `length` bytes, continuing from `seed` (0 to begin).
///
/// Uses SSE4.2 or the ARMv8 CRC instructions where the processor has them and a table otherwise;
/// all three give the same value.
uint32_t sightline_crc32c(uint32_t seed, const void *bytes, size_t length);

/// Marks the classes of `length` bytes: byte i in bit i % 64 of word i / 64 of each mask.
///
/// `digits`: `0`-`9`. `tokens`: ASCII letters, digits and `_`. `others`: the letters behind `f`, and `_`.
/// `uppers`: `A`-`F`. Each mask has (length + 63) / 64 words; unused bits are zero.
/// Returns whether a byte 0xff was met.
int sightline_token_masks(const uint8_t *bytes, size_t length, uint64_t *digits, uint64_t *tokens, uint64_t *others,
                          uint64_t *uppers);

/// Gives allocations of at least `threshold` bytes mappings of their own, for good; does nothing without glibc.
void sightline_map_allocations(size_t threshold);

/// Returns free memory of the allocator to the system; does nothing without glibc.
void sightline_trim_allocations(void);

#endif
