// Reads files of layers.
#include "networks/layer.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "support.h"

namespace bench {
namespace {

// Pads of one direction, the larger half behind.
void pad_same(const Layer& layer, std::int64_t in, std::int64_t* before, std::int64_t* after) {
  const std::int64_t out = (in + layer.stride - 1) / layer.stride;
  const std::int64_t total =
      std::max<std::int64_t>(0, (out - 1) * layer.stride + (layer.kernel - 1) * layer.dilation + 1 - in);
  *before = total / 2;
  *after = total - total / 2;
}

bool parse(const std::string& line, Layer* layer) {
  static const std::map<std::string, Layer::Kind> kKinds = {{"conv", Layer::Kind::kConv},
                                                            {"depthwise", Layer::Kind::kDepthwise},
                                                            {"add", Layer::Kind::kAdd},
                                                            {"average", Layer::Kind::kAverage},
                                                            {"maximum", Layer::Kind::kMaximum}};
  std::istringstream words(line);
  std::string kind, padding, rest;
  if (!(words >> layer->name >> kind >> layer->height >> layer->width >> layer->channels >> layer->outputs >>
        layer->kernel >> layer->stride >> padding >> layer->dilation >> layer->groups >> layer->clamp) ||
      words >> rest || kKinds.count(kind) == 0)
    return false;
  layer->kind = kKinds.at(kind);
  if (padding == "same") {
    pad_same(*layer, layer->height, &layer->top, &layer->bottom);
    pad_same(*layer, layer->width, &layer->left, &layer->right);
  } else if (padding != "valid") {
    layer->top = layer->left = layer->bottom = layer->right = std::atol(padding.c_str());
  }
  const std::int64_t least = std::min({layer->height, layer->width, layer->channels, layer->outputs, layer->kernel,
                                       layer->stride, layer->dilation, layer->groups});
  const bool clamp = layer->clamp == "none" || layer->clamp == "relu" || layer->clamp == "relu6";
  return clamp && least >= 1 && layer->channels % layer->groups == 0 && layer->outputs % layer->groups == 0 &&
         layer->output_height() >= 1 && layer->output_width() >= 1;
}

}  // namespace

double Layer::operations() const {
  const std::int64_t outputs_in_all = output_height() * output_width() * outputs;
  return static_cast<double>(outputs_in_all) * (convolves() ? 2.0 * static_cast<double>(depth()) : 1.0);
}

std::string Layer::family() const {
  if (kind == Kind::kDepthwise) return "depthwise";
  if (kind == Kind::kAdd) return "addition";
  if (!convolves()) return "pooling";
  if (height == 1 && width == 1) return "fully connected";
  if (channels < 8) return "stem";
  if (kernel == 1) return "pointwise";
  return std::to_string(kernel) + "x" + std::to_string(kernel);
}

std::string Layer::words() const {
  static const char* const kNames[] = {"", "depthwise ", "add ", "average ", "maximum "};
  std::string words = kNames[static_cast<int>(kind)] + std::to_string(height) + "x" + std::to_string(width) + "x" +
                      std::to_string(channels);
  if (kind == Kind::kConv) words += " to " + std::to_string(outputs);
  if (kind == Kind::kAdd || kind == Kind::kAverage) return words;
  words += ", " + std::to_string(kernel) + "x" + std::to_string(kernel);
  if (stride > 1) words += " s" + std::to_string(stride);
  if (dilation > 1) words += " d" + std::to_string(dilation);
  if (kind == Kind::kConv && groups > 1) words += " g" + std::to_string(groups);
  return words;
}

std::string Layer::identity() const {
  std::string identity = words() + " " + std::to_string(clamps());
  for (std::int64_t pad : {top, left, bottom, right}) identity += " " + std::to_string(pad);
  return identity;
}

Network read_network(const std::string& file) {
  std::ifstream stream(file);
  std::string path = file;
  if (!stream && file.find('/') == std::string::npos) {
    path = std::string(OTTAVA_NETWORKS) + "/" + file;
    if (path.find(".txt") == std::string::npos) path += ".txt";
    stream.open(path);
  }
  if (!stream) fail("cannot read " + path);
  Network network;
  network.name = path.substr(path.rfind('/') + 1);
  network.name.erase(network.name.rfind(".txt"));
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line[0] == '#') continue;
    Layer layer;
    if (!parse(line, &layer)) fail(path + ": not a layer: " + line);
    const auto same = std::find_if(network.distinct.begin(), network.distinct.end(),
                                   [&layer](const Layer& other) { return other.identity() == layer.identity(); });
    network.layers.push_back(layer);
    if (same == network.distinct.end()) {
      network.distinct.push_back(layer);
    } else {
      ++same->count;
    }
  }
  return network;
}

}  // namespace bench
