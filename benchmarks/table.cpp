// Prints the table.
#include "table.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "masked_cpu/masked_cpu.h"
#include "text.h"

namespace bench {
namespace {

std::string rate(const Shape& shape, const Contestant& c) {
  const double gops = shape.operations() * 1e-9 / c.seconds();
  return number(gops < 10 ? "%.2f" : gops < 100 ? "%.1f" : "%.0f", gops);
}

// ottava's columns after its tier.
std::string own_cells(const Comparison& row, const Contestant* ottava, bool reads, Probes* probes) {
  const Shape& shape = row.shape();
  const double peak = ottava != nullptr ? probes->peak(ottava->name, ottava->kernel, row.threads()) : 0;
  std::string cells = right(ottava != nullptr ? rate(shape, *ottava) : "-", 9) +
                      right(peak > 0 ? number("%.0f %%", 100 * shape.operations() / ottava->seconds() / peak) : "-", 9);
  if (!reads) return cells;
  if (ottava == nullptr || !reads_weights(shape)) return cells + std::string(13, ' ');
  std::string level;
  const double read = probes->read(ottava->packed_bytes, row.threads(), &level);
  return cells + right(number("%.0f %% ", 100 * weight_rate(shape, *ottava) / read) + level, 13);
}

std::size_t width_of(const PeerLibrary* library) { return std::max<std::size_t>(10, std::strlen(library->name)) + 2; }

void print_table(const Comparisons& rows, Probes* probes, bool best, std::ostream& out) {
  const std::vector<const PeerLibrary*> libraries = libraries_of(rows);
  const std::uint32_t threads = rows[0]->threads();
  std::size_t name_width = 9, origin_width = 0, tier_width = 4;
  bool reads = false;
  for (const auto& row : rows) {
    const Shape& shape = row->shape();
    name_width = std::max(name_width, shape.name().size());
    origin_width = std::max(origin_width, shape.origin.size());
    reads = reads || reads_weights(shape);
    for (const Contestant& c : row->contestants()) {
      if (c.library == nullptr) tier_width = std::max(tier_width, c.name.size());
    }
  }
  out << "\nGOPS (2 M N K per second; " << (best ? "best slices" : "medians") << "), " << threads
      << (threads == 1 ? " thread" : " threads") << as_masked() << "\n\n"
      << left("M x N x K", name_width) << "  " << left("", origin_width) << "  " << left("tier", tier_width)
      << right("ottava", 9) << right("of peak", 9);
  if (reads) out << right("of read", 13);
  for (const PeerLibrary* library : libraries) out << right(library->name, width_of(library));
  if (!libraries.empty()) out << "   ottava / best peer";
  out << "\n";
  for (const auto& row : rows) {
    const Shape& shape = row->shape();
    const Contestant *ottava = best_of(*row, false), *peer = best_of(*row, true);
    out << left(shape.name(), name_width) << "  " << left(shape.origin, origin_width) << "  "
        << left(ottava != nullptr ? ottava->name : "-", tier_width) << own_cells(*row, ottava, reads, probes);
    for (const PeerLibrary* library : libraries) {
      std::string cell = "-";
      for (const Contestant& c : row->contestants()) {
        if (c.library == library && c.ran()) cell = (c.wrong > 0 ? "!" : "") + rate(shape, c);
      }
      out << right(cell, width_of(library));
    }
    if (ottava != nullptr && peer != nullptr)
      out << right(number("%.2f", speed_ratio(*ottava, *peer)), 7) << "  " << peer->name;
    out << "\n";
  }
}

}  // namespace

void print_tables(const Comparisons& comparisons, Probes* probes, const std::string& missing, bool best,
                  std::ostream& out) {
  std::vector<Comparisons> by_threads;
  for (const auto& c : comparisons) {
    if (!c->measured()) continue;
    const auto found = std::find_if(by_threads.begin(), by_threads.end(),
                                    [&c](const Comparisons& rows) { return rows[0]->threads() == c->threads(); });
    if (found == by_threads.end()) {
      by_threads.push_back({c});
    } else {
      found->push_back(c);
    }
  }
  std::sort(by_threads.begin(), by_threads.end(),
            [](const Comparisons& a, const Comparisons& b) { return a[0]->threads() < b[0]->threads(); });
  for (const Comparisons& rows : by_threads) {
    print_table(rows, probes, best, out);
    print_summary(rows, out);
  }
  if (by_threads.empty()) return;
  if (by_threads.size() > 1) print_thread_summary(by_threads, out);
  const std::vector<const PeerLibrary*> libraries = libraries_of(by_threads[0]);
  if (!libraries.empty()) out << "peers:\n";
  for (const PeerLibrary* library : libraries) out << "  " << left(library->name, 16) << library->does << "\n";
  if (!missing.empty()) out << "not compared: " << missing << "\n";
}

}  // namespace bench
