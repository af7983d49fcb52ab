// Sums the table up.
#include "summary.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "masked_cpu/masked_cpu.h"
#include "text.h"

namespace bench {
namespace {

constexpr double kLevel = 0.97;  // below it a ratio is more than noise

// The first that holds is the class of a shape.
struct ShapeClass {
  const char* name;
  const char* definition;
  bool (*holds)(const Shape& s);
};
constexpr ShapeClass kClasses[] = {
    {"tiny", "M N K < 2^15", [](const Shape& s) { return s.multiply_adds() < 32768; }},
    {"gemv", "M = 1 or N = 1", [](const Shape& s) { return s.m == 1 || s.n == 1; }},
    {"narrow", "N <= 16", [](const Shape& s) { return s.n <= 16; }},
    {"short K", "K <= 32", [](const Shape& s) { return s.k <= 32; }},
    {"few rows", "M <= 8", [](const Shape& s) { return s.m <= 8; }},
    {"square", "M, N and K within a factor of 2",
     [](const Shape& s) {
       return std::max({s.m, s.n, s.k}) <= 2 * std::min({s.m, s.n, s.k});
     }},
    {"wide", "N > M", [](const Shape& s) { return s.n > s.m; }},
    {"tall", "the rest", [](const Shape&) { return true; }},
};

const ShapeClass& class_of(const Shape& shape) {
  return *std::find_if(std::begin(kClasses), std::end(kClasses),
                       [&shape](const ShapeClass& candidate) { return candidate.holds(shape); });
}

// A ratio of speeds at a shape.
struct Ratio {
  double value;
  const Comparison* row;
  const Contestant *one, *other;
};
using Ratios = std::vector<Ratio>;

double mean(const Ratios& ratios) {
  double logarithms = 0;
  for (const Ratio& ratio : ratios) logarithms += std::log(ratio.value);
  return std::exp(logarithms / static_cast<double>(ratios.size()));
}

// `ratios` on those shapes that `wanted` takes.
template <class Wanted>
Ratios only(const Ratios& ratios, Wanted wanted) {
  Ratios some;
  std::copy_if(ratios.begin(), ratios.end(), std::back_inserter(some), wanted);
  return some;
}

Ratios below(const Ratios& ratios, double level) {
  Ratios some = only(ratios, [level](const Ratio& ratio) { return ratio.value < level; });
  std::sort(some.begin(), some.end(), [](const Ratio& a, const Ratio& b) { return a.value < b.value; });
  return some;
}

// ottava's speed by that of a peer, or of the best one for NULL, where both have right results.
Ratios ratios_to(const PeerLibrary* library, const Comparisons& rows) {
  Ratios ratios;
  for (const auto& row : rows) {
    const Contestant *ottava = best_of(*row, false), *peer = best_of(*row, true);
    for (const Contestant& c : row->contestants()) {
      if (library != nullptr && c.library == library) peer = c.ran() && !(c.wrong > 0) ? &c : nullptr;
    }
    if (ottava != nullptr && peer != nullptr) ratios.push_back({speed_ratio(*ottava, *peer), row.get(), ottava, peer});
  }
  return ratios;
}

void print_class(const char* name, const char* definition, const Ratios& ratios, std::ostream& out) {
  if (ratios.empty()) return;
  const Ratio& worst =
      *std::min_element(ratios.begin(), ratios.end(), [](const Ratio& a, const Ratio& b) { return a.value < b.value; });
  out << "  " << left(name, 10) << right(std::to_string(ratios.size()), 6) << right(number("%.2f", mean(ratios)), 7)
      << right(std::to_string(below(ratios, kLevel).size()), 11) << right(number("%.2f", worst.value), 8) << " "
      << left(worst.row->shape().name(), 16) << left(worst.other->name, 16) << definition << "\n";
}

void print_classes(const Ratios& ratios, std::ostream& out) {
  out << "\nottava's speed by that of the best peer whose result is right, by class (the first that a shape fits):\n"
      << "  class     shapes   mean below " << kLevel << "   worst\n";
  for (const ShapeClass& one : kClasses) {
    print_class(one.name, one.definition,
                only(ratios, [&one](const Ratio& ratio) { return &class_of(ratio.row->shape()) == &one; }), out);
  }
  print_class("all", "", ratios, out);
}

void print_shape(const Ratio& ratio, std::ostream& out) {
  out << "  " << number("%.2f", ratio.value) << "  " << left(ratio.row->shape().name(), 18)
      << left(class_of(ratio.row->shape()).name, 10);
}

void print_behind(const Ratios& ratios, std::ostream& out) {
  const Ratios behind = below(ratios, 1);
  if (behind.empty()) return;
  out << "behind it at " << behind.size() << " of " << ratios.size() << " shapes:\n";
  for (const Ratio& ratio : behind) {
    print_shape(ratio, out);
    out << left(ratio.other->name, 16) << ratio.one->kernel << "\n";
  }
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
      << number("%.3g", 100 * least) << " to " << number("%.3g %%", 100 * most)
      << " of the outputs, and there it counts nowhere\n";
}

std::string cell(const Ratios& ratios) { return ratios.empty() ? "-" : number("%.2f", mean(ratios)); }

// ottava on more threads by ottava on fewer.
Ratios ratios_of_threads(const Comparisons& fewer, const Comparisons& more) {
  Ratios ratios;
  for (const auto& row : more) {
    const auto other = std::find_if(fewer.begin(), fewer.end(), [&row](const auto& candidate) {
      return candidate->shape().name() == row->shape().name();
    });
    if (other == fewer.end()) continue;
    const Contestant *on_more = best_of(*row, false), *on_fewer = best_of(**other, false);
    if (on_more != nullptr && on_fewer != nullptr)
      ratios.push_back({on_fewer->seconds() / on_more->seconds(), row.get(), on_more, on_fewer});
  }
  return ratios;
}

}  // namespace

const Contestant* best_of(const Comparison& comparison, bool peers) {
  const Contestant* best = nullptr;
  for (const Contestant& c : comparison.contestants()) {
    if (!c.ran() || (c.library != nullptr) != peers || c.wrong > 0) continue;
    if (best == nullptr || c.seconds() < best->seconds()) best = &c;
  }
  return best;
}

std::vector<const PeerLibrary*> libraries_of(const Comparisons& rows) {
  std::vector<const PeerLibrary*> libraries;
  for (const auto& row : rows) {
    for (const Contestant& c : row->contestants()) {
      if (c.library != nullptr && c.wanted &&
          std::find(libraries.begin(), libraries.end(), c.library) == libraries.end())
        libraries.push_back(c.library);
    }
  }
  return libraries;
}

void print_summary(const Comparisons& rows, std::ostream& out) {
  const std::vector<const PeerLibrary*> libraries = libraries_of(rows);
  const Ratios to_best = ratios_to(nullptr, rows);
  if (!to_best.empty()) {
    out << "\ngeometric mean of ottava's speed by that of" << as_masked() << ":\n";
    for (const PeerLibrary* library : libraries) {
      const Ratios ratios = ratios_to(library, rows);
      if (!ratios.empty()) {
        out << "  " << left(library->name, 16) << number("%.2f", mean(ratios)) << " over " << ratios.size()
            << (ratios.size() == 1 ? " shape\n" : " shapes\n");
      }
    }
    print_classes(to_best, out);
    print_behind(to_best, out);
  }
  for (const PeerLibrary* library : libraries) print_wrong(rows, library, out);
}

void print_thread_summary(const std::vector<Comparisons>& rows_by_threads, std::ostream& out) {
  const auto threads = [](const Comparisons& rows) { return std::to_string(rows[0]->threads()); };
  const Comparisons& fewest = rows_by_threads[0];
  for (std::size_t i = 1; i < rows_by_threads.size(); ++i) {
    const Ratios ratios = ratios_of_threads(fewest, rows_by_threads[i]);
    if (ratios.empty()) continue;
    const Ratios slower = below(ratios, kLevel);
    out << "\nottava on " << threads(rows_by_threads[i]) << " threads by ottava on " << threads(fewest)
        << ": geometric mean " << number("%.2f", mean(ratios)) << " over " << ratios.size() << " shapes, slower (below "
        << kLevel << ") at " << slower.size() << "\n";
    for (const Ratio& ratio : slower) {
      print_shape(ratio, out);
      out << number("%.3g", ratio.other->seconds() * 1e6) << " to " << number("%.3g us", ratio.one->seconds() * 1e6)
          << "\n";
    }
  }
  const std::vector<const PeerLibrary*> libraries = libraries_of(fewest);
  if (libraries.empty()) return;
  out << "\ngeometric mean of ottava's speed by that of" << as_masked() << ", threads:";
  for (const Comparisons& rows : rows_by_threads) out << right(threads(rows), 7);
  out << "\n";
  const auto print = [&](const std::string& name, const PeerLibrary* library) {
    out << "  " << left(name, 51);
    for (const Comparisons& rows : rows_by_threads) out << right(cell(ratios_to(library, rows)), 7);
    out << "\n";
  };
  for (const PeerLibrary* library : libraries) print(library->name, library);
  print("the best peer", nullptr);
}

}  // namespace bench
