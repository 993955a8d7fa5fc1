#include "CRE2.h"

#include <re2/re2.h>

#include <string.h>

#include <vector>

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

int sightline_regex_group_count(const sightline_regex *regex) { return regex->expression.NumberOfCapturingGroups(); }

int sightline_regex_group_name(const sightline_regex *regex, int index, char *name, size_t capacity) {
  const auto &names = regex->expression.CapturingGroupNames();
  auto found = names.find(index);
  if (found == names.end()) return 0;
  if (found->second.size() + 1 > capacity) return -1;
  memcpy(name, found->second.c_str(), found->second.size() + 1);
  return static_cast<int>(found->second.size());
}

bool sightline_regex_find(const sightline_regex *regex, const char *text, size_t length, size_t start, bool anchored,
                          ptrdiff_t *offsets, int pair_count) {
  std::vector<re2::StringPiece> groups(pair_count);
  if (!regex->expression.Match(re2::StringPiece(text, length), start, length,
                               anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, groups.data(), pair_count))
    return false;
  for (int index = 0; index < pair_count; index++) {
    const bool is_present = groups[index].data() != nullptr;
    offsets[2 * index] = is_present ? groups[index].data() - text : -1;
    offsets[2 * index + 1] = is_present ? groups[index].data() + groups[index].size() - text : -1;
  }
  return true;
}

void sightline_regex_destroy(sightline_regex *regex) { delete regex; }
