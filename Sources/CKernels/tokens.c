#include "CKernels.h"

#if defined(__SSE2__)
#include <emmintrin.h>

// Bytes at most `limit` above zero, unsigned: 0xff in each such byte.
static inline __m128i at_most(__m128i value, char limit) {
  __m128i bound = _mm_set1_epi8(limit);
  return _mm_cmpeq_epi8(_mm_min_epu8(value, bound), value);
}

static inline uint64_t mask_of(__m128i value) { return (uint16_t)_mm_movemask_epi8(value); }
#endif

// One byte, bit `bit` of the word at hand.
static inline void classify(uint8_t byte, unsigned bit, uint64_t *digit, uint64_t *token, uint64_t *other,
                            uint64_t *upper, int *marker) {
  uint64_t one = (uint64_t)1 << bit;
  uint8_t letter = (uint8_t)((byte | 0x20) - 'a');
  if ((uint8_t)(byte - '0') < 10) {
    *digit |= one;
    *token |= one;
  } else if (letter < 26 || byte == '_') {
    *token |= one;
    if (letter >= 6) *other |= one;
    if ((uint8_t)(byte - 'A') < 6) *upper |= one;
  }
  if (byte == 0xff) *marker = 1;
}

int sightline_token_masks(const uint8_t *bytes, size_t length, uint64_t *digits, uint64_t *tokens, uint64_t *others,
                          uint64_t *uppers) {
  int marker = 0;
  for (size_t start = 0; start < length; start += 64) {
    size_t count = length - start < 64 ? length - start : 64;
    uint64_t digit = 0, token = 0, other = 0, upper = 0;
    size_t done = 0;
#if defined(__SSE2__)
    for (; done + 16 <= count; done += 16) {
      __m128i value = _mm_loadu_si128((const __m128i *)(bytes + start + done));
      __m128i lower = _mm_or_si128(value, _mm_set1_epi8(0x20));
      __m128i letter = _mm_sub_epi8(lower, _mm_set1_epi8('a'));
      __m128i underscore = _mm_cmpeq_epi8(value, _mm_set1_epi8('_'));
      uint64_t digitMask = mask_of(at_most(_mm_sub_epi8(value, _mm_set1_epi8('0')), 9));
      uint64_t letterMask = mask_of(_mm_or_si128(at_most(letter, 25), underscore));
      uint64_t hexadecimalMask = mask_of(at_most(letter, 5));
      digit |= digitMask << done;
      token |= (digitMask | letterMask) << done;
      other |= (letterMask & ~hexadecimalMask) << done;
      upper |= mask_of(at_most(_mm_sub_epi8(value, _mm_set1_epi8('A')), 5)) << done;
      marker |= mask_of(_mm_cmpeq_epi8(value, _mm_set1_epi8((char)0xff))) != 0;
    }
#endif
    for (; done < count; done++)
      classify(bytes[start + done], (unsigned)done, &digit, &token, &other, &upper, &marker);
    digits[start / 64] = digit;
    tokens[start / 64] = token;
    others[start / 64] = other;
    uppers[start / 64] = upper;
  }
  return marker;
}
