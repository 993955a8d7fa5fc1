/// A C face of RE2: compile once, match many, share between threads.
#ifndef SIGHTLINE_CRE2_H
#define SIGHTLINE_CRE2_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sightline_regex sightline_regex;

/// Compiles `pattern`. Never null; ask `sightline_regex_error` whether it is usable.
sightline_regex *sightline_regex_create(const char *pattern, size_t length, bool case_folded);
/// The compile error as a C string owned by the regex, or null when it compiled.
const char *sightline_regex_error(const sightline_regex *regex);
/// Whether the pattern occurs anywhere in the text (`anchored`: matches the whole text). Safe on many threads at once.
bool sightline_regex_matches(const sightline_regex *regex, const char *text, size_t length, bool anchored);
/// Capture groups of a compiled pattern, without the whole match.
int sightline_regex_group_count(const sightline_regex *regex);
/// Copies the name of group `index` (from 1) with its null byte; the length of the name, 0 when the group has none, −1 when
/// `capacity` is too small.
int sightline_regex_group_name(const sightline_regex *regex, int index, char *name, size_t capacity);
/// Finds the first match at or after `start`. `offsets` takes a pair (start, end) for the whole match and for each of the
/// first `pair_count − 1` groups; −1 for a group that took no part.
bool sightline_regex_find(const sightline_regex *regex, const char *text, size_t length, size_t start, bool anchored,
                          ptrdiff_t *offsets, int pair_count);
void sightline_regex_destroy(sightline_regex *regex);

#ifdef __cplusplus
}
#endif

#endif
