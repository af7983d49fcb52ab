// Prints the table.
#include "table.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "text.h"

namespace bench {
namespace {

using Comparisons = std::vector<std::shared_ptr<Comparison>>;

// Ratios to be averaged.
struct Mean {
  double logarithms = 0;
  int count = 0;
  void add(double ratio) {
    logarithms += std::log(ratio);
    ++count;
  }
  double value() const { return std::exp(logarithms / count); }
};

std::string rate(const Shape& shape, const Contestant& c) {
  const double gops = shape.operations() * 1e-9 / c.seconds();
  return number(gops < 10 ? "%.2f" : gops < 100 ? "%.1f" : "%.0f", gops);
}

const Contestant* best_of(const Comparison& comparison, bool peers) {
  const Contestant* best = nullptr;
  for (const Contestant& c : comparison.contestants()) {
    if (!c.ran() || (c.library != nullptr) != peers || c.wrong > 0) continue;
    if (best == nullptr || c.seconds() < best->seconds()) best = &c;
  }
  return best;
}

void print_wrong(const Comparisons& rows, const PeerLibrary* library, std::ostream& out) {
  double least = 1, most = 0;
  int shapes = 0;
  for (const auto& row : rows) {
    for (const Contestant& c : row->contestants()) {
      if (c.library != library || !c.ran() || !(c.wrong > 0)) continue;
      least = std::min(least, c.wrong);
      most = std::max(most, c.wrong);
      ++shapes;
    }
  }
  if (shapes == 0) return;
  out << "! " << library->name << " is WRONG at " << shapes << (shapes == 1 ? " shape, in " : " shapes, in ")
      << number("%.2g", 100 * least) << " to " << number("%.2g %%", 100 * most)
      << " of the outputs, and there it counts nowhere\n";
}

void print_table(const Comparisons& rows, std::uint32_t threads, Probes* probes, bool best, std::ostream& out) {
  std::vector<const PeerLibrary*> libraries;
  std::size_t name_width = 5, tier_width = 4;
  for (const auto& row : rows) {
    name_width = std::max(name_width, row->shape().name.size());
    for (const Contestant& c : row->contestants()) {
      if (c.library == nullptr) tier_width = std::max(tier_width, c.name.size());
      if (c.library != nullptr && c.wanted &&
          std::find(libraries.begin(), libraries.end(), c.library) == libraries.end())
        libraries.push_back(c.library);
    }
  }
  out << "\nGOPS (2 M N K per second; " << (best ? "best slices" : "medians") << "), " << threads
      << (threads == 1 ? " thread" : " threads") << "\n\n";
  out << left("shape", name_width) << right("M", 7) << right("N", 7) << right("K", 7) << "  "
      << left("tier", tier_width) << right("ottava", 9) << right("of peak", 9);
  for (const PeerLibrary* library : libraries) out << right(library->name, 11);
  if (!libraries.empty()) out << "   ottava / best peer";
  out << "\n";
  Mean to_best;
  std::vector<Mean> to_each(libraries.size());
  for (const auto& row : rows) {
    const Shape& shape = row->shape();
    const Contestant* ottava = best_of(*row, false);
    const Contestant* best_peer = best_of(*row, true);
    out << left(shape.name, name_width) << right(std::to_string(shape.m), 7) << right(std::to_string(shape.n), 7)
        << right(std::to_string(shape.k), 7) << "  " << left(ottava != nullptr ? ottava->name : "-", tier_width);
    const double peak = ottava != nullptr ? probes->peak(ottava->name, threads) : 0;
    out << right(ottava != nullptr ? rate(shape, *ottava) : "-", 9)
        << right(peak > 0 ? number("%.0f %%", 100 * shape.operations() / ottava->seconds() / peak) : "-", 9);
    for (std::size_t i = 0; i < libraries.size(); ++i) {
      std::string cell = "-";
      for (const Contestant& c : row->contestants()) {
        if (c.library != libraries[i] || !c.ran()) continue;
        cell = (c.wrong > 0 ? "!" : "") + rate(shape, c);
        if (ottava != nullptr && !(c.wrong > 0)) to_each[i].add(speed_ratio(*ottava, c));
      }
      out << right(cell, 11);
    }
    if (ottava != nullptr && best_peer != nullptr) {
      const double ratio = speed_ratio(*ottava, *best_peer);
      to_best.add(ratio);
      out << right(number("%.2f", ratio), 7) << "  " << best_peer->name;
    }
    out << "\n";
  }
  if (libraries.empty()) return;
  out << "\ngeometric mean of ottava's speed by that of:\n";
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    if (to_each[i].count > 0) out << "  " << left(libraries[i]->name, 14) << number("%.2f", to_each[i].value()) << "\n";
  }
  if (to_best.count > 0) {
    out << "  " << left("the best peer", 14) << number("%.2f", to_best.value()) << " over " << to_best.count
        << " shapes\n";
  }
  for (const PeerLibrary* library : libraries) print_wrong(rows, library, out);
  out << "peers:\n";
  for (const PeerLibrary* library : libraries) out << "  " << left(library->name, 14) << library->does << "\n";
}

}  // namespace

void print_tables(const Comparisons& comparisons, Probes* probes, const std::string& missing, bool best,
                  std::ostream& out) {
  std::vector<std::uint32_t> counts;
  for (const auto& c : comparisons) {
    if (c->measured() && std::find(counts.begin(), counts.end(), c->threads()) == counts.end())
      counts.push_back(c->threads());
  }
  for (std::uint32_t threads : counts) {
    Comparisons rows;
    for (const auto& c : comparisons) {
      if (c->measured() && c->threads() == threads) rows.push_back(c);
    }
    print_table(rows, threads, probes, best, out);
  }
  if (!counts.empty() && !missing.empty()) out << "not compared: " << missing << "\n";
}

}  // namespace bench
