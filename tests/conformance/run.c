/* Holds ottava to the conformance vectors, bit for bit, through the public header alone. README.md describes the files
 * and what a runner for another library has to replace here.
 *
 *   conformance_run <folder> [tier]
 *
 * Reads the files that <folder>/index.txt names and runs them on the named tier, or on each tier that this machine can
 * use. Prints for each tier and file how many vectors passed, and the first differences. Returns 0 if all passed, 1
 * if one did not or if a file is missing, empty or malformed.
 *
 * In vectors of a single accumulator x, one operator takes all successive vectors that share its settings, one channel
 * each. x is its bias, with k = 0; an f32 dst has no integer bias, so there x is a sum of products. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ottava/ottava.h"

enum { MOST_FIELDS = 24, MOST_CHANNELS = 256, MOST_SHOWN = 5 };

/* ---- The file under way ----------------------------------------------------------------------------------------- */

typedef struct field {
  const char* key;
  const char* value;
  int used;
} field;

/* One line, cut into its fields. */
typedef struct vector {
  long line;
  size_t count;
  field fields[MOST_FIELDS];
} vector;

typedef struct run {
  const ottava_context* context;
  const char* tier;
  uint32_t tier_number;
  const char* file;
  long passed, total;
  long differences;
  int broken; /* malformed, or an operator was refused */
} run;

static void complain(run* state, long line, const char* format, ...) {
  va_list arguments;
  state->broken = 1;
  printf("%s: %s:%ld: ", state->tier, state->file, line);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf("\n");
}

static void* allocate(size_t bytes) {
  void* memory = calloc(bytes != 0 ? bytes : 1, 1);
  if (memory == NULL) {
    printf("out of memory\n");
    exit(1);
  }
  return memory;
}

/* The whole file with a 0 behind it, or NULL; the caller frees it. */
static char* read_file(const char* folder, const char* name) {
  const size_t length = strlen(folder) + strlen(name) + 2;
  char* path = allocate(length);
  char* text = NULL;
  FILE* file;
  snprintf(path, length, "%s/%s", folder, name);
  file = fopen(path, "rb");
  if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
    const long bytes = ftell(file);
    if (bytes >= 0 && fseek(file, 0, SEEK_SET) == 0) {
      text = allocate((size_t)bytes + 1);
      /* A zero byte inside would hide what follows it. */
      if (fread(text, 1, (size_t)bytes, file) != (size_t)bytes || strlen(text) != (size_t)bytes) {
        free(text);
        text = NULL;
      }
    }
  }
  if (file != NULL) fclose(file);
  free(path);
  return text;
}

/* Cuts the next line off *rest, or returns NULL at the end. */
static char* next_line(char** rest) {
  char* line = *rest;
  char* end;
  if (*line == 0) return NULL;
  end = strchr(line, '\n');
  if (end == NULL) {
    *rest = line + strlen(line);
  } else {
    *end = 0;
    *rest = end + 1;
  }
  return line;
}

static int split(run* state, char* line, long number, vector* v) {
  v->line = number;
  v->count = 0;
  while (*line != 0) {
    char* end = strchr(line, ' ');
    char* equals;
    if (end != NULL) *end = 0;
    equals = strchr(line, '=');
    if (equals == NULL || equals == line || v->count == MOST_FIELDS) {
      complain(state, number, "malformed field '%s'", line);
      return 0;
    }
    *equals = 0;
    v->fields[v->count].key = line;
    v->fields[v->count].value = equals + 1;
    v->fields[v->count].used = 0;
    ++v->count;
    if (end == NULL) break;
    line = end + 1;
  }
  return 1;
}

/* ---- Fields ------------------------------------------------------------------------------------------------------ */

static const char* find(vector* v, const char* key) {
  size_t i;
  for (i = 0; i < v->count; ++i) {
    if (strcmp(v->fields[i].key, key) == 0) {
      v->fields[i].used = 1;
      return v->fields[i].value;
    }
  }
  return NULL;
}

static const char* text_of(run* state, vector* v, const char* key) {
  const char* value = find(v, key);
  if (value == NULL) complain(state, v->line, "no field '%s'", key);
  return value != NULL ? value : "";
}

/* Parses one number; *end receives where it ends. */
static int parse_integer(const char* text, const char** end, int64_t* value) {
  char* stop;
  if (*text != '-' && (*text < '0' || *text > '9')) return 0;
  *value = strtoll(text, &stop, 10);
  *end = stop;
  return stop != text && *value >= INT32_MIN && *value <= INT32_MAX;
}
static int parse_bits(const char* text, const char** end, int64_t* value) {
  int digits;
  *value = 0;
  for (digits = 0; digits < 8; ++digits) {
    const char c = text[digits];
    if (c >= '0' && c <= '9') {
      *value = *value * 16 + (c - '0');
    } else if (c >= 'a' && c <= 'f') {
      *value = *value * 16 + (c - 'a' + 10);
    } else {
      return 0;
    }
  }
  *end = text + 8;
  return 1;
}

typedef int (*parse_fn)(const char*, const char**, int64_t*);

/* The `count` numbers of a field, separated by commas; the caller frees them. NULL if they are not that. */
static int64_t* numbers(run* state, vector* v, const char* key, int64_t count, parse_fn parse) {
  const char* text = text_of(state, v, key);
  int64_t* values = allocate((size_t)count * sizeof *values);
  int64_t i;
  for (i = 0; i < count; ++i) {
    if (!parse(text, &text, &values[i]) || *text != (i + 1 < count ? ',' : 0)) break;
    if (i + 1 < count) ++text;
  }
  if (i == count && *text == 0) return values;
  if (!state->broken) complain(state, v->line, "malformed field '%s'", key);
  free(values);
  return NULL;
}

static int32_t integer(run* state, vector* v, const char* key) {
  int64_t* values = numbers(state, v, key, 1, parse_integer);
  const int32_t value = values != NULL ? (int32_t)values[0] : 0;
  free(values);
  return value;
}

static float float_of(int64_t bits) {
  const uint32_t word = (uint32_t)bits;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

static float real(run* state, vector* v, const char* key) {
  int64_t* values = numbers(state, v, key, 1, parse_bits);
  const float value = values != NULL ? float_of(values[0]) : 0.0f;
  free(values);
  return value;
}

/* The rest of a field's array as what the header wants; NULL stays NULL. They free `values`. */
static int32_t* as_s32(int64_t* values, int64_t count) {
  int32_t* result = values != NULL ? allocate((size_t)count * sizeof *result) : NULL;
  int64_t i;
  for (i = 0; values != NULL && i < count; ++i) result[i] = (int32_t)values[i];
  free(values);
  return result;
}
static float* as_f32(int64_t* values, int64_t count) {
  float* result = values != NULL ? allocate((size_t)count * sizeof *result) : NULL;
  int64_t i;
  for (i = 0; values != NULL && i < count; ++i) result[i] = float_of(values[i]);
  free(values);
  return result;
}
static uint8_t* as_bytes(int64_t* values, int64_t count) { /* s8 or u8: the low byte */
  uint8_t* result = values != NULL ? allocate((size_t)count) : NULL;
  int64_t i;
  for (i = 0; values != NULL && i < count; ++i) result[i] = (uint8_t)values[i];
  free(values);
  return result;
}

static uint32_t type_of(run* state, vector* v, const char* key) {
  static const char* const names[] = {"s8", "u8", "s16", "s32", "f32"}; /* as OTTAVA_TYPE_... counts them */
  const char* name = text_of(state, v, key);
  uint32_t i;
  for (i = 0; i < 5; ++i) {
    if (strcmp(name, names[i]) == 0) return OTTAVA_TYPE_S8 + i;
  }
  complain(state, v->line, "no type '%s'", name);
  return OTTAVA_TYPE_S8;
}

static uint32_t rule_of(run* state, vector* v) {
  static const char* const names[] = {/* as OTTAVA_RULE_... counts them */
                                      "none",
                                      "fixed_two_roundings",
                                      "fixed_one_rounding",
                                      "float_nearest_even",
                                      "fixed_two_roundings_saturating",
                                      "gemmlowp_by_fixed_point",
                                      "fixed_one_rounding_away",
                                      "fixed_acl_fused",
                                      "fixed_16_bit_multiplier",
                                      "power_of_two",
                                      "multiply_shift_floor",
                                      "multiply_shift_half_up",
                                      "multiply_shift_half_away"};
  const char* name = text_of(state, v, "rule");
  uint32_t i;
  for (i = 0; i < sizeof names / sizeof *names; ++i) {
    if (strcmp(name, names[i]) == 0) return i;
  }
  complain(state, v->line, "no rule '%s'", name);
  return 0;
}

/* Everything in a line counts: a field that nobody asked for is a mistake. */
static void check_all_used(run* state, const vector* v) {
  size_t i;
  for (i = 0; i < v->count && !state->broken; ++i) {
    if (!v->fields[i].used) complain(state, v->line, "unknown or repeated field '%s'", v->fields[i].key);
  }
}

/* ---- Running ottava ---------------------------------------------------------------------------------------------- */

static size_t bytes_of(uint32_t type) {
  return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8 ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4;
}

/* Element i of dst as the vectors write it: an integer, or the bits of a float. */
static int64_t element(const uint8_t* dst, uint32_t type, int64_t i) {
  const uint8_t* at = dst + (size_t)i * bytes_of(type);
  int16_t s16;
  int32_t s32;
  uint32_t bits;
  switch (type) {
    case OTTAVA_TYPE_S8: return *at < 128 ? *at : *at - 256;
    case OTTAVA_TYPE_U8: return *at;
    case OTTAVA_TYPE_S16: memcpy(&s16, at, sizeof s16); return s16;
    case OTTAVA_TYPE_S32: memcpy(&s32, at, sizeof s32); return s32;
    default: memcpy(&bits, at, sizeof bits); return bits;
  }
}

/* Creates the operator and runs it; dst holds m * n elements. */
static int compute(run* state, long line, const ottava_matmul_desc* desc, const ottava_matmul_constants* constants,
                   int64_t m, const void* lhs, uint8_t* dst) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* operation = NULL;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  int good;
  if (ottava_matmul_create(state->context, desc, constants, &operation, &error) != OTTAVA_OK) {
    complain(state, line, "refused: %s %s", error.argument, error.message);
    return 0;
  }
  good = ottava_matmul_query(operation, m, &info, &error) == OTTAVA_OK &&
         ottava_matmul_run(operation, m, lhs, 0, dst, 0, NULL, 0, &error) == OTTAVA_OK;
  if (!good) complain(state, line, "failed: %s %s", error.argument, error.message);
  if (good && info.tier != state->tier_number) {
    complain(state, line, "ran on another tier, with kernel %s", info.kernel);
    good = 0;
  }
  ottava_matmul_destroy(operation);
  return good;
}

static int same(run* state, long line, const char* what, int64_t expected, int64_t found, uint32_t type) {
  if (expected == found) return 1;
  if (++state->differences <= MOST_SHOWN) {
    if (type == OTTAVA_TYPE_F32) {
      printf("%s: %s:%ld: %s is %08" PRIx32 ", ottava gives %08" PRIx32 "\n", state->tier, state->file, line, what,
             (uint32_t)expected, (uint32_t)found);
    } else {
      printf("%s: %s:%ld: %s is %" PRId64 ", ottava gives %" PRId64 "\n", state->tier, state->file, line, what,
             expected, found);
    }
  }
  return 0;
}

/* ---- Vectors of one accumulator: requantize, s32, f32 ------------------------------------------------------------ */

/* Vectors that one operator takes, and its settings. */
typedef struct group {
  ottava_matmul_desc desc;
  int64_t n;
  long lines[MOST_CHANNELS];
  int64_t expected[MOST_CHANNELS];
  int32_t x[MOST_CHANNELS];
  float rhs_scales[MOST_CHANNELS];
  float bias_f32[MOST_CHANNELS];
  int32_t multipliers[MOST_CHANNELS];
  int32_t shifts[MOST_CHANNELS];
} group;

/* x[n] = sum of lhs[k] * rhs[k, n] with lhs = 1, 255, 255, ... (u8) and s8 weights. */
static void spread(const group* g, uint8_t** lhs, uint8_t** rhs, int64_t* depth) {
  int64_t most = 0;
  int64_t n, k;
  for (n = 0; n < g->n; ++n) {
    const int64_t size = g->x[n] < 0 ? -(int64_t)g->x[n] : g->x[n];
    if (size > most) most = size;
  }
  *depth = 2 + most / (255 * 127);
  *lhs = allocate((size_t)*depth);
  *rhs = allocate((size_t)(*depth * g->n));
  memset(*lhs, 255, (size_t)*depth);
  (*lhs)[0] = 1;
  for (n = 0; n < g->n; ++n) {
    const int64_t x = g->x[n];
    int64_t rest = (x + (x < 0 ? -127 : 127)) / 255;
    (*rhs)[n] = (uint8_t)(x - 255 * rest);
    for (k = 1; k < *depth; ++k) {
      const int64_t part = rest > 127 ? 127 : rest < -127 ? -127 : rest;
      (*rhs)[k * g->n + n] = (uint8_t)part;
      rest -= part;
    }
  }
}

static void run_group(run* state, group* g) {
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  uint8_t* lhs = NULL;
  uint8_t* rhs = NULL;
  uint8_t* dst;
  int64_t n;
  if (g->n == 0 || state->broken) return;
  dst = allocate((size_t)g->n * bytes_of(g->desc.dst_type));
  g->desc.n = g->n;
  if (g->desc.dst_type == OTTAVA_TYPE_F32) {
    spread(g, &lhs, &rhs, &g->desc.k);
    g->desc.lhs_type = OTTAVA_TYPE_U8;
    g->desc.flags = OTTAVA_MATMUL_ALLOW_WRAP; /* the sums fit, but not whatever the lhs */
    constants.rhs = rhs;
    constants.bias_f32 = g->bias_f32;
  } else {
    constants.bias = g->x;
  }
  if (g->desc.parameters == OTTAVA_PARAMETERS_INTEGER) {
    constants.multipliers = g->multipliers;
    constants.shifts = g->shifts;
  } else if (g->desc.dst_type != OTTAVA_TYPE_S32 || g->desc.rule != OTTAVA_RULE_NONE) {
    constants.rhs_scales = g->rhs_scales;
  }
  if (compute(state, g->lines[0], &g->desc, &constants, 1, lhs, dst)) {
    for (n = 0; n < g->n; ++n) {
      state->passed +=
          same(state, g->lines[n], "result", g->expected[n], element(dst, g->desc.dst_type, n), g->desc.dst_type);
    }
  }
  free(lhs);
  free(rhs);
  free(dst);
  g->n = 0;
}

/* Reads a vector into the group, which runs first if the vector does not go with it. */
static void add_vector(run* state, group* g, vector* v, const char* kind) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  float rhs_scale = 1.0f, bias = 0.0f;
  int32_t multiplier = 0, shift = 0, x;
  int64_t* expected;
  desc.rule = OTTAVA_RULE_NONE;
  if (strcmp(kind, "f32") == 0) {
    desc.dst_type = OTTAVA_TYPE_F32;
    desc.clamp_min_f32 = real(state, v, "clamp_min");
    desc.clamp_max_f32 = real(state, v, "clamp_max");
    bias = real(state, v, "bias");
  } else {
    desc.dst_type = OTTAVA_TYPE_S32;
    desc.clamp_min = integer(state, v, "clamp_min");
    desc.clamp_max = integer(state, v, "clamp_max");
  }
  if (strcmp(kind, "requantize") == 0) {
    desc.rule = rule_of(state, v);
    desc.dst_type = type_of(state, v, "dst_type");
    desc.dst_zero_point = integer(state, v, "zero_point");
  }
  if (find(v, "multiplier") != NULL) {
    desc.parameters = OTTAVA_PARAMETERS_INTEGER;
    multiplier = integer(state, v, "multiplier");
    shift = integer(state, v, "shift");
  } else if (strcmp(kind, "s32") != 0) {
    desc.lhs_scale = real(state, v, "lhs_scale");
    rhs_scale = real(state, v, "rhs_scale");
    if (strcmp(kind, "requantize") == 0) desc.dst_scale = real(state, v, "dst_scale");
  }
  x = integer(state, v, "x");
  expected = numbers(state, v, "result", 1, desc.dst_type == OTTAVA_TYPE_F32 ? parse_bits : parse_integer);
  check_all_used(state, v);
  if (!state->broken) {
    /* The structure holds no padding, so its bytes are its settings; n and k are set as the group runs. */
    desc.n = g->desc.n;
    desc.k = g->desc.k;
    desc.flags = g->desc.flags;
    desc.lhs_type = g->desc.lhs_type;
    if (g->n == MOST_CHANNELS || memcmp(&desc, &g->desc, sizeof desc) != 0) run_group(state, g);
    if (g->n == 0) {
      desc.n = 0;
      desc.k = 0;
      desc.flags = 0;
      desc.lhs_type = OTTAVA_TYPE_S8;
      g->desc = desc;
    }
    g->lines[g->n] = v->line;
    g->expected[g->n] = expected[0];
    g->x[g->n] = x;
    g->rhs_scales[g->n] = rhs_scale;
    g->bias_f32[g->n] = bias;
    g->multipliers[g->n] = multiplier;
    g->shifts[g->n] = shift;
    ++g->n;
  }
  free(expected);
}

/* ---- Vectors of whole products ----------------------------------------------------------------------------------- */

static void run_matmul(run* state, vector* v) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const int64_t m = integer(state, v, "m");
  int32_t *rhs_zero_points, *bias = NULL, *multipliers = NULL, *shifts = NULL;
  float *rhs_scales = NULL, *bias_f32 = NULL;
  uint8_t *lhs, *rhs, *dst;
  int64_t* expected;
  int64_t i;
  int good = 1;
  desc.n = integer(state, v, "n");
  desc.k = integer(state, v, "k");
  if (m < 0 || m > 4096 || desc.n < 0 || desc.n > 4096 || desc.k < 0 || desc.k > 4096) {
    complain(state, v->line, "a size beyond what these vectors are for");
    return;
  }
  desc.rule = rule_of(state, v);
  desc.lhs_type = type_of(state, v, "lhs_type");
  desc.rhs_type = type_of(state, v, "rhs_type");
  desc.dst_type = type_of(state, v, "dst_type");
  desc.lhs_zero_point = integer(state, v, "lhs_zero_point");
  rhs_zero_points = as_s32(numbers(state, v, "rhs_zero_points", desc.n, parse_integer), desc.n);
  if (desc.dst_type == OTTAVA_TYPE_F32) {
    bias_f32 = as_f32(numbers(state, v, "bias", desc.n, parse_bits), desc.n);
    desc.clamp_min_f32 = real(state, v, "clamp_min");
    desc.clamp_max_f32 = real(state, v, "clamp_max");
  } else {
    bias = as_s32(numbers(state, v, "bias", desc.n, parse_integer), desc.n);
    desc.clamp_min = integer(state, v, "clamp_min");
    desc.clamp_max = integer(state, v, "clamp_max");
    desc.dst_zero_point = integer(state, v, "zero_point");
  }
  if (find(v, "multipliers") != NULL) {
    desc.parameters = OTTAVA_PARAMETERS_INTEGER;
    multipliers = as_s32(numbers(state, v, "multipliers", desc.n, parse_integer), desc.n);
    shifts = as_s32(numbers(state, v, "shifts", desc.n, parse_integer), desc.n);
  } else if (desc.dst_type != OTTAVA_TYPE_S32 || desc.rule != OTTAVA_RULE_NONE) {
    desc.lhs_scale = real(state, v, "lhs_scale");
    rhs_scales = as_f32(numbers(state, v, "rhs_scales", desc.n, parse_bits), desc.n);
    if (desc.rule != OTTAVA_RULE_NONE) desc.dst_scale = real(state, v, "dst_scale");
  }
  lhs = as_bytes(numbers(state, v, "lhs", m * desc.k, parse_integer), m * desc.k);
  rhs = as_bytes(numbers(state, v, "rhs", desc.k * desc.n, parse_integer), desc.k * desc.n);
  expected = numbers(state, v, "dst", m * desc.n, desc.dst_type == OTTAVA_TYPE_F32 ? parse_bits : parse_integer);
  check_all_used(state, v);
  dst = allocate((size_t)(m * desc.n) * bytes_of(desc.dst_type));
  if (!state->broken) {
    constants.rhs = rhs;
    constants.rhs_zero_points = rhs_zero_points;
    constants.rhs_scales = rhs_scales;
    constants.bias = bias;
    constants.bias_f32 = bias_f32;
    constants.multipliers = multipliers;
    constants.shifts = shifts;
    good = compute(state, v->line, &desc, &constants, m, lhs, dst);
    for (i = 0; good && i < m * desc.n; ++i)
      good = same(state, v->line, "an element of dst", expected[i], element(dst, desc.dst_type, i), desc.dst_type);
    if (good) ++state->passed;
  }
  free(rhs_zero_points);
  free(bias);
  free(bias_f32);
  free(multipliers);
  free(shifts);
  free(rhs_scales);
  free(lhs);
  free(rhs);
  free(dst);
  free(expected);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static int known_kind(const char* kind) {
  return strcmp(kind, "requantize") == 0 || strcmp(kind, "s32") == 0 || strcmp(kind, "f32") == 0 ||
         strcmp(kind, "matmul") == 0;
}

static void run_lines(run* state, char* text) {
  static group g; /* large for a stack */
  vector v;
  char kind[16];
  char extra;
  long number = 1, promised = 0;
  char* line = next_line(&text);
  if (line == NULL || sscanf(line, "ottava-vectors 1 %15[a-z0-9] %ld%c", kind, &promised, &extra) != 2 ||
      !known_kind(kind) || promised <= 0) {
    complain(state, 1, "does not begin with 'ottava-vectors 1 <kind> <count>'");
    return;
  }
  memset(&g, 0, sizeof g);
  while (!state->broken && (line = next_line(&text)) != NULL) {
    ++number;
    ++state->total;
    if (!split(state, line, number, &v)) break;
    if (strcmp(kind, "matmul") == 0) {
      run_matmul(state, &v);
    } else {
      add_vector(state, &g, &v, kind);
    }
  }
  run_group(state, &g);
  if (!state->broken && state->total != promised)
    complain(state, number, "ends after %ld vectors of %ld", state->total, promised);
}

static int run_file(const ottava_context* context, const char* tier, uint32_t tier_number, const char* folder,
                    const char* name) {
  run state;
  char* text = read_file(folder, name);
  memset(&state, 0, sizeof state);
  state.context = context;
  state.tier = tier;
  state.tier_number = tier_number;
  state.file = name;
  if (text == NULL) {
    complain(&state, 0, "cannot be read");
  } else {
    run_lines(&state, text);
  }
  free(text);
  printf("%s: %s: %ld of %ld passed%s\n", tier, name, state.passed, state.total, state.broken ? ", then stopped" : "");
  return !state.broken && state.total > 0 && state.passed == state.total;
}

static int run_tier(const char* folder, const ottava_tier_info* tier) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_context* context = NULL;
  ottava_error error = OTTAVA_ERROR_INIT;
  char* index = read_file(folder, "index.txt");
  char* rest = index;
  char* name;
  int files = 0, good = 1;
  options.tier_cap = tier->tier;
  if (ottava_context_create(&options, NULL, &context, &error) != OTTAVA_OK) {
    printf("%s: no context: %s %s\n", tier->name, error.argument, error.message);
    good = 0;
  }
  while (context != NULL && index != NULL && (name = next_line(&rest)) != NULL) {
    ++files;
    good = run_file(context, tier->name, tier->tier, folder, name) && good;
  }
  if (context != NULL && files == 0) {
    printf("%s: %s/index.txt names no file\n", tier->name, folder);
    good = 0;
  }
  ottava_context_destroy(context);
  free(index);
  return good;
}

int main(int count, char** arguments) {
  ottava_context* context = NULL;
  ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  uint32_t i;
  int tiers = 0, good = 1;
  if (count != 2 && count != 3) {
    printf("usage: conformance_run <folder> [tier]\n");
    return 1;
  }
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK) {
    printf("no context: %s %s\n", error.argument, error.message);
    return 1;
  }
  for (i = 0; ottava_tier_query(context, i, &tier, &error) == OTTAVA_OK; ++i) {
    if (!tier.usable || (count == 3 && strcmp(arguments[2], tier.name) != 0)) continue;
    ++tiers;
    good = run_tier(arguments[1], &tier) && good;
  }
  if (tiers == 0) printf("no usable tier%s%s\n", count == 3 ? " named " : "", count == 3 ? arguments[2] : "");
  ottava_context_destroy(context);
  return good && tiers > 0 ? 0 : 1;
}
