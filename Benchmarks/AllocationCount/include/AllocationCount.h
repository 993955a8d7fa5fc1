#pragma once
#include <stdint.h>

/// How many blocks this thread has asked malloc and its relatives for, since it began.
uint64_t allocation_count(void);
