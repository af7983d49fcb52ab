// layer/<who>/<network>/<layer>: the layers of networks, and "whole": all of them one after the other, each with
// tensors and weights of its own. Who: a tier of ottava, another library, or "matmul", the contraction of a convolution
// alone, on contiguous rows.
#ifndef OTTAVA_BENCHMARKS_NETWORKS_NETWORKS_H_
#define OTTAVA_BENCHMARKS_NETWORKS_NETWORKS_H_

#include <memory>
#include <vector>

#include "networks/layer_comparison.h"
#include "options.h"
#include "registration.h"

namespace bench {

using LayerComparisons = std::vector<std::shared_ptr<LayerComparison>>;

// The first tier is the best; the others count where options.tiers asks for them.
LayerComparisons register_networks(const Options& options, std::vector<Tier> tiers);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_NETWORKS_NETWORKS_H_
