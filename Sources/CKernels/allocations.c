#include "CKernels.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void sightline_map_allocations(size_t threshold) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, (int)threshold);
#else
  (void)threshold;
#endif
}

void sightline_trim_allocations(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
