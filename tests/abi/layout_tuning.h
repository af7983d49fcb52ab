/* The layout of the structures in tuning.h; part of layout.c. */
#ifndef OTTAVA_TESTS_LAYOUT_TUNING_H_
#define OTTAVA_TESTS_LAYOUT_TUNING_H_

#define KERNEL_INFO_FIELDS(S, A, T) \
  S(T, struct_size, uint32_t, 0, 4) \
  S(T, tier, uint32_t, 4, 4)        \
  S(T, tile_m, uint32_t, 8, 4)      \
  S(T, tile_n, uint32_t, 12, 4)     \
  S(T, tile_k, uint32_t, 16, 4)     \
  S(T, lhs_rows, uint32_t, 20, 4)   \
  S(T, usable, uint32_t, 24, 4)     \
  S(T, reserved, uint32_t, 28, 4)   \
  A(T, name, char, 32, 64)          \
  A(T, reason, char, 96, 240)
CHECK_STRUCTURE(ottava_kernel_info, KERNEL_INFO_FIELDS, 336)
CHECK_ALIGNMENT(ottava_kernel_info, word32);

#define KNOBS_FIELDS(S, A, T)           \
  S(T, struct_size, uint32_t, 0, 4)     \
  S(T, lhs_rows, uint32_t, 4, 4)        \
  S(T, schedule, uint32_t, 8, 4)        \
  S(T, thread_cut, uint32_t, 12, 4)     \
  S(T, small_m_rows, int64_t, 16, 8)    \
  S(T, block_rows, int64_t, 24, 8)      \
  S(T, block_columns, int64_t, 32, 8)   \
  S(T, work_per_thread, int64_t, 40, 8) \
  A(T, kernel, char, 48, 64)
CHECK_STRUCTURE(ottava_knobs, KNOBS_FIELDS, 112)
CHECK_ALIGNMENT(ottava_knobs, word64);

#define ROUTE_FIELDS(S, A, T)              \
  S(T, struct_size, uint32_t, 0, 4)        \
  S(T, tier, uint32_t, 4, 4)               \
  S(T, small_m, uint32_t, 8, 4)            \
  S(T, lhs_rows, uint32_t, 12, 4)          \
  S(T, schedule, uint32_t, 16, 4)          \
  S(T, fused, uint32_t, 20, 4)             \
  S(T, threads, uint32_t, 24, 4)           \
  S(T, thread_cut, uint32_t, 28, 4)        \
  S(T, exactness, uint32_t, 32, 4)         \
  S(T, bound, uint32_t, 36, 4)             \
  S(T, tuned, uint32_t, 40, 4)             \
  S(T, reserved, uint32_t, 44, 4)          \
  S(T, small_m_rows, int64_t, 48, 8)       \
  S(T, tile_m, int64_t, 56, 8)             \
  S(T, tile_n, int64_t, 64, 8)             \
  S(T, tile_k, int64_t, 72, 8)             \
  S(T, block_rows, int64_t, 80, 8)         \
  S(T, block_columns, int64_t, 88, 8)      \
  S(T, row_blocks, int64_t, 96, 8)         \
  S(T, column_blocks, int64_t, 104, 8)     \
  S(T, packed_bytes, uint64_t, 112, 8)     \
  S(T, workspace_bytes, uint64_t, 120, 8)  \
  S(T, predicted_cycles, uint64_t, 128, 8) \
  S(T, multiply_cycles, uint64_t, 136, 8)  \
  S(T, memory_cycles, uint64_t, 144, 8)    \
  S(T, call_cycles, uint64_t, 152, 8)      \
  A(T, kernel, char, 160, 64)              \
  A(T, words, char, 224, 192)              \
  A(T, declined, char, 416, 720)
CHECK_STRUCTURE(ottava_route, ROUTE_FIELDS, 1136)
CHECK_ALIGNMENT(ottava_route, word64);

#define TUNE_PROBLEM_FIELDS(S, A, T)                                          \
  S(T, struct_size, uint32_t, 0, 4)                                           \
  S(T, m_count, uint32_t, 4, 4)                                               \
  S(T, m, const int64_t *, 8, sizeof(void *))                                 \
  S(T, desc, const ottava_matmul_desc *, 8 + sizeof(void *), sizeof(void *))  \
  S(T, output, const ottava_output *, 8 + 2 * sizeof(void *), sizeof(void *)) \
  S(T, constants, const ottava_matmul_constants *, 8 + 3 * sizeof(void *), sizeof(void *))
CHECK_STRUCTURE(ottava_tune_problem, TUNE_PROBLEM_FIELDS, 8 + 4 * sizeof(void *))
CHECK_ALIGNMENT(ottava_tune_problem, pointer);

#define TUNE_OPTIONS_FIELDS(S, A, T)                                          \
  S(T, struct_size, uint32_t, 0, 4)                                           \
  S(T, flags, uint32_t, 4, 4)                                                 \
  S(T, budget_nanoseconds, uint64_t, 8, 8)                                    \
  S(T, nanoseconds, ottava_clock_fn, 16, sizeof(void *))                      \
  S(T, clock_user, void *, 16 + sizeof(void *), sizeof(void *))               \
  S(T, progress, ottava_progress_fn, 16 + 2 * sizeof(void *), sizeof(void *)) \
  S(T, progress_user, void *, 16 + 3 * sizeof(void *), sizeof(void *))
CHECK_STRUCTURE(ottava_tune_options, TUNE_OPTIONS_FIELDS, 16 + 4 * sizeof(void *))
CHECK_ALIGNMENT(ottava_tune_options, word64);

#define TUNED_INFO_FIELDS(S, A, T)           \
  S(T, struct_size, uint32_t, 0, 4)          \
  S(T, turns, uint32_t, 4, 4)                \
  S(T, most_rows, int64_t, 8, 8)             \
  S(T, n, int64_t, 16, 8)                    \
  S(T, k, int64_t, 24, 8)                    \
  S(T, default_picoseconds, uint64_t, 32, 8) \
  S(T, tuned_picoseconds, uint64_t, 40, 8)   \
  S(T, noise_millionths, uint64_t, 48, 8)    \
  S(T, knobs, ottava_knobs, 56, 112)         \
  A(T, problem, char, 168, 304)
CHECK_STRUCTURE(ottava_tuned_info, TUNED_INFO_FIELDS, 472)
CHECK_ALIGNMENT(ottava_tuned_info, word64);

#endif /* OTTAVA_TESTS_LAYOUT_TUNING_H_ */
