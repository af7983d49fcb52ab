/* Reads files of vectors, strictly: whatever does not fit the format is an error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

void complain(run* state, long line, const char* format, ...) {
  va_list arguments;
  state->broken = 1;
  fprintf(state->out, "%s: %s:%ld: ", state->tier, state->file, line);
  va_start(arguments, format);
  vfprintf(state->out, format, arguments);
  va_end(arguments);
  fprintf(state->out, "\n");
}

void* allocate(size_t bytes) {
  void* memory = calloc(bytes != 0 ? bytes : 1, 1);
  if (memory == NULL) {
    printf("out of memory\n");
    exit(1);
  }
  return memory;
}

char* read_file(const char* folder, const char* name) {
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

char* next_line(char** rest) {
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

int split(run* state, char* line, long number, vector* v) {
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

const char* find(vector* v, const char* key) {
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
int parse_integer(const char* text, const char** end, int64_t* value) {
  char* stop;
  if (*text != '-' && (*text < '0' || *text > '9')) return 0;
  *value = strtoll(text, &stop, 10);
  *end = stop;
  return stop != text && *value >= INT32_MIN && *value <= INT32_MAX;
}
int parse_bits(const char* text, const char** end, int64_t* value) {
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

int64_t* numbers(run* state, vector* v, const char* key, int64_t count, parse_fn parse) {
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

int32_t integer(run* state, vector* v, const char* key) {
  int64_t* values = numbers(state, v, key, 1, parse_integer);
  const int32_t value = values != NULL ? (int32_t)values[0] : 0;
  free(values);
  return value;
}

float float_of(int64_t bits) {
  const uint32_t word = (uint32_t)bits;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

float real(run* state, vector* v, const char* key) {
  int64_t* values = numbers(state, v, key, 1, parse_bits);
  const float value = values != NULL ? float_of(values[0]) : 0.0f;
  free(values);
  return value;
}

int32_t* integers(run* state, vector* v, const char* key, int64_t count) {
  int64_t* values = numbers(state, v, key, count, parse_integer);
  int32_t* result = values != NULL ? allocate((size_t)count * sizeof *result) : NULL;
  int64_t i;
  for (i = 0; values != NULL && i < count; ++i) result[i] = (int32_t)values[i];
  free(values);
  return result;
}
float* reals(run* state, vector* v, const char* key, int64_t count) {
  int64_t* values = numbers(state, v, key, count, parse_bits);
  float* result = values != NULL ? allocate((size_t)count * sizeof *result) : NULL;
  int64_t i;
  /* As bytes: a signalling NaN stays what it is. */
  for (i = 0; values != NULL && i < count; ++i) {
    const uint32_t word = (uint32_t)values[i];
    memcpy(&result[i], &word, sizeof word);
  }
  free(values);
  return result;
}
uint8_t* bytes(run* state, vector* v, const char* key, int64_t count) {
  int64_t* values = numbers(state, v, key, count, parse_integer);
  uint8_t* result = values != NULL ? allocate((size_t)count) : NULL;
  int64_t i;
  for (i = 0; values != NULL && i < count; ++i) result[i] = (uint8_t)values[i];
  free(values);
  return result;
}

/* The number of the field's value among `names`. */
static uint32_t index_of(run* state, vector* v, const char* key, const char* const* names, uint32_t count) {
  const char* name = text_of(state, v, key);
  uint32_t i;
  for (i = 0; i < count; ++i) {
    if (strcmp(name, names[i]) == 0) return i;
  }
  complain(state, v->line, "no %s '%s'", key, name);
  return 0;
}

uint32_t type_of(run* state, vector* v, const char* key) {
  static const char* const names[] = {"s8", "u8", "s16", "s32", "f32"}; /* as OTTAVA_TYPE_... counts them */
  return OTTAVA_TYPE_S8 + index_of(state, v, key, names, (uint32_t)(sizeof names / sizeof *names));
}

uint32_t real_parameters_of(run* state, vector* v) {
  if (find(v, "scale_product") == NULL) return OTTAVA_PARAMETERS_REAL;
  if (type_of(state, v, "scale_product") != OTTAVA_TYPE_F32)
    complain(state, v->line, "scale_product is f32, or absent");
  return OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT;
}

uint32_t rule_of(run* state, vector* v) {
  static const char* const names[] = {/* as OTTAVA_REQUANTIZE_... counts them */
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
  return index_of(state, v, "rule", names, (uint32_t)(sizeof names / sizeof *names));
}

uint32_t quantization_of(run* state, vector* v, const char* key) {
  static const char* const names[] = {
      /* as OTTAVA_QUANTIZE_... counts them, from 1 */
      "divide", "multiply", "tflite_symmetric", "tflite_asymmetric", "xnnpack", "kleidiai", "onnx_dynamic"};
  return OTTAVA_QUANTIZE_DIVIDE + index_of(state, v, key, names, (uint32_t)(sizeof names / sizeof *names));
}

void check_all_used(run* state, const vector* v) {
  size_t i;
  for (i = 0; i < v->count && !state->broken; ++i) {
    if (!v->fields[i].used) complain(state, v->line, "unknown or repeated field '%s'", v->fields[i].key);
  }
}
