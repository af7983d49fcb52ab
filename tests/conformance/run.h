/* The parts of the runner: reading vectors (read.c), comparing and calling ottava (compute.c), and what each kind of
 * vector asks for (run_....c). */
#ifndef OTTAVA_TESTS_CONFORMANCE_RUN_H_
#define OTTAVA_TESTS_CONFORMANCE_RUN_H_

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ottava/ottava.h"

enum { MOST_FIELDS = 24 };

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

/* The file under way. */
typedef struct run {
  FILE* out;
  const ottava_context* context; /* capped at the tier under way */
  const ottava_context* named;   /* asks for the first kernel of the tier by name */
  const char* tier;
  uint32_t tier_number;
  const char* file;
  long passed, total;
  long differences;
  int broken; /* malformed, or an operator was refused */
} run;

/* ---- read.c: the file under way ---- */

void complain(run* state, long line, const char* format, ...);
void* allocate(size_t bytes);
/* The whole file with a 0 behind it, or NULL; the caller frees it. */
char* read_file(const char* folder, const char* name);
/* Cuts the next line off *rest, or returns NULL at the end. */
char* next_line(char** rest);
/* Cuts a line into fields; 0 if it is malformed. */
int split(run* state, char* line, long number, vector* v);

/* ---- read.c: fields; a missing or malformed one makes `state` broken ---- */

/* A field that may be missing: NULL then. */
const char* find(vector* v, const char* key);
int32_t integer(run* state, vector* v, const char* key);
float real(run* state, vector* v, const char* key);
float float_of(int64_t bits);

typedef int (*parse_fn)(const char*, const char**, int64_t*);
int parse_integer(const char* text, const char** end, int64_t* value);
int parse_bits(const char* text, const char** end, int64_t* value);

/* The `count` numbers of a field, separated by commas; the caller frees them. NULL if they are not that. */
int64_t* numbers(run* state, vector* v, const char* key, int64_t count, parse_fn parse);
/* The same as the header wants them. */
int32_t* integers(run* state, vector* v, const char* key, int64_t count);
float* reals(run* state, vector* v, const char* key, int64_t count);
uint8_t* bytes(run* state, vector* v, const char* key, int64_t count); /* s8 or u8: the low byte */

/* OTTAVA_TYPE_..., OTTAVA_REQUANTIZE_... and OTTAVA_QUANTIZE_... by their names. */
uint32_t type_of(run* state, vector* v, const char* key);
uint32_t rule_of(run* state, vector* v);
/* OTTAVA_PARAMETERS_... of scales: REAL, or REAL_FLOAT_PRODUCT where the line says scale_product=f32. */
uint32_t real_parameters_of(run* state, vector* v);
uint32_t quantization_of(run* state, vector* v, const char* key);

/* Everything in a line counts: a field that nobody asked for is a mistake. */
void check_all_used(run* state, const vector* v);

/* ---- compute.c ---- */

size_t bytes_of(uint32_t type);
/* Element i of dst as the vectors write it: an integer, or the bits of a float. */
int64_t element(const uint8_t* dst, uint32_t type, int64_t i);
/* And the other way. */
void set_element(uint8_t* dst, uint32_t type, int64_t i, int64_t value);

/* What a run has beyond lhs and dst. */
typedef struct extras {
  uint32_t flags; /* OTTAVA_RUN_... */
  const float* lhs_scales;
  const int32_t* lhs_zero_points;
} extras;

/* Creates the operator on the tier under way and runs it; dst holds m * n elements. With `more` it goes by
 * ottava_matmul_execute, with NULL by ottava_matmul_run. */
int compute(run* state, long line, const ottava_matmul_desc* desc, const ottava_output* output,
            const ottava_matmul_constants* constants, int64_t m, const void* lhs, uint8_t* dst, const extras* more);

/* Whether ottava's element is the vector's; tells of the first that are not. */
int same(run* state, long line, const char* what, int64_t expected, int64_t found, uint32_t type);

/* ---- Kinds ---- */

/* requantize, s32, f32: vectors gather in a group, which runs as one operator when it is full, when another vector does
 * not go with it, and at the end. */
void add_single(run* state, vector* v, const char* kind);
void end_singles(run* state);

/* quantize */
void run_quantize(run* state, vector* v);

/* matmul, hybrid, rows, accumulate, left */
void run_matmul(run* state, vector* v, const char* kind);

#endif /* OTTAVA_TESTS_CONFORMANCE_RUN_H_ */
