// What the table comes to: ratios of speed in the mean, by classes of shapes and numbers of threads, and where ottava
// is behind.
#ifndef OTTAVA_BENCHMARKS_SUMMARY_H_
#define OTTAVA_BENCHMARKS_SUMMARY_H_

#include <memory>
#include <ostream>
#include <vector>

#include "comparison.h"

namespace bench {

using Comparisons = std::vector<std::shared_ptr<Comparison>>;

// The fastest tier of ottava that ran, or the fastest peer whose result was right; NULL without any.
const Contestant* best_of(const Comparison& comparison, bool peers);

// The peers that take part, in the order of the rows.
std::vector<const PeerLibrary*> libraries_of(const Comparisons& rows);

// Of rows on one number of threads, beside the peers.
void print_summary(const Comparisons& rows, std::ostream& out);

// Of rows on several numbers of threads: each against the first, and the means of print_summary side by side.
void print_thread_summary(const std::vector<Comparisons>& rows_by_threads, std::ostream& out);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_SUMMARY_H_
