#include "CRE2.h"

#include <re2/re2.h>

struct sightline_regex {
  RE2 expression;
  sightline_regex(const re2::StringPiece &pattern, const RE2::Options &options) : expression(pattern, options) {}
};

sightline_regex *sightline_regex_create(const char *pattern, size_t length, bool case_folded) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!case_folded);
  options.set_max_mem(8 << 20);
  return new sightline_regex(re2::StringPiece(pattern, length), options);
}

const char *sightline_regex_error(const sightline_regex *regex) {
  return regex->expression.ok() ? nullptr : regex->expression.error().c_str();
}

bool sightline_regex_matches(const sightline_regex *regex, const char *text, size_t length, bool anchored) {
  return regex->expression.Match(re2::StringPiece(text, length), 0, length,
                                 anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, nullptr, 0);
}

void sightline_regex_destroy(sightline_regex *regex) { delete regex; }
