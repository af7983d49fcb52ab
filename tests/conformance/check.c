/* Goes through the files and the tiers. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "run.h"

typedef enum shape { SINGLE, ROW, PRODUCT, UNKNOWN } shape;

static shape shape_of(const char* kind) {
  static const char* const singles[] = {"requantize", "s32", "f32"};
  static const char* const products[] = {"matmul", "hybrid", "rows", "accumulate", "left"};
  size_t i;
  for (i = 0; i < sizeof singles / sizeof *singles; ++i) {
    if (strcmp(kind, singles[i]) == 0) return SINGLE;
  }
  for (i = 0; i < sizeof products / sizeof *products; ++i) {
    if (strcmp(kind, products[i]) == 0) return PRODUCT;
  }
  return strcmp(kind, "quantize") == 0 ? ROW : UNKNOWN;
}

static void run_lines(run* state, char* text) {
  vector v;
  char kind[16];
  char extra;
  long number = 1, promised = 0;
  char* line = next_line(&text);
  if (line == NULL || sscanf(line, "ottava-vectors 1 %15[a-z0-9] %ld%c", kind, &promised, &extra) != 2 ||
      shape_of(kind) == UNKNOWN || promised <= 0) {
    complain(state, 1, "does not begin with 'ottava-vectors 1 <kind> <count>'");
    return;
  }
  while (!state->broken && (line = next_line(&text)) != NULL) {
    ++number;
    ++state->total;
    if (!split(state, line, number, &v)) break;
    switch (shape_of(kind)) {
      case SINGLE: add_single(state, &v, kind); break;
      case ROW: run_quantize(state, &v); break;
      default: run_matmul(state, &v, kind); break;
    }
  }
  end_singles(state);
  if (!state->broken && state->total != promised)
    complain(state, number, "ends after %ld vectors of %ld", state->total, promised);
}

static int run_file(const ottava_context* capped, const ottava_context* named, const ottava_tier_info* tier,
                    const char* folder, const char* name, const reporter* to) {
  run state;
  char* text = read_file(folder, name);
  memset(&state, 0, sizeof state);
  state.context = capped;
  state.named = named;
  state.out = to->out;
  state.tier = tier->name;
  state.tier_number = tier->tier;
  state.file = name;
  if (text == NULL) {
    complain(&state, 0, "cannot be read");
  } else {
    run_lines(&state, text);
  }
  free(text);
  to->file(to->user, tier->name, name, state.passed, state.total, state.broken);
  return !state.broken && state.total > 0 && state.passed == state.total;
}

static int run_tier(const char* folder, const ottava_tier_info* tier, const reporter* to) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  ottava_context *capped = NULL, *named = NULL;
  ottava_error error = OTTAVA_ERROR_INIT;
  char* index = read_file(folder, "index.txt");
  char* rest = index;
  char* name;
  int files = 0, good = 1;
  options.tier_cap = tier->tier;
  host.kernel = tier->kernel;
  if (ottava_context_create(&options, NULL, &capped, &error) != OTTAVA_OK ||
      ottava_context_create(NULL, &host, &named, &error) != OTTAVA_OK) {
    fprintf(to->out, "%s: no context: %s %s\n", tier->name, error.argument, error.message);
    good = 0;
  }
  while (named != NULL && index != NULL && (name = next_line(&rest)) != NULL) {
    ++files;
    good = run_file(capped, named, tier, folder, name, to) && good;
  }
  if (named != NULL && files == 0) {
    fprintf(to->out, "%s: %s/index.txt names no file\n", tier->name, folder);
    good = 0;
  }
  ottava_context_destroy(named);
  ottava_context_destroy(capped);
  free(index);
  return good;
}

int check_vectors(const char* folder, const char* tier_name, const reporter* to) {
  ottava_context* context = NULL;
  ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  uint32_t i;
  int tiers = 0, good = 1;
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK) {
    fprintf(to->out, "no context: %s %s\n", error.argument, error.message);
    return 0;
  }
  for (i = 0; ottava_tier_query(context, i, &tier, &error) == OTTAVA_OK; ++i) {
    if (!tier.usable || (tier_name != NULL && strcmp(tier_name, tier.name) != 0)) continue;
    ++tiers;
    good = run_tier(folder, &tier, to) && good;
  }
  if (tiers == 0) fprintf(to->out, "no usable tier%s%s\n", tier_name ? " named " : "", tier_name ? tier_name : "");
  ottava_context_destroy(context);
  return good && tiers > 0;
}
