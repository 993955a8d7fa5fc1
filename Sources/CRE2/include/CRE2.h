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
void sightline_regex_destroy(sightline_regex *regex);

#ifdef __cplusplus
}
#endif

#endif
