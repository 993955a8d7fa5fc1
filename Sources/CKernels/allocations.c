#include "CKernels.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void sightline_map_allocations(size_t threshold) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, (int)threshold);
  // A fixed threshold fixes this one too, at 128 KiB: every large release would shrink the heap and fault it in again.
  mallopt(M_TRIM_THRESHOLD, 8 * (int)threshold);
#else
  (void)threshold;
#endif
}

void sightline_trim_allocations(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
